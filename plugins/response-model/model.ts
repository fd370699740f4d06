/**
 * A response schema, compiled: one function from the handler's value to JSON.
 *
 * @module
 */

import type { Refuse, Schema } from '../internal/route-plan.ts'
import { FAIL, Pass } from '../internal/schema/issue.ts'
import type { SchemaLookup } from '../internal/schema/references.ts'
import { SchemaReader } from '../internal/schema/schema-reader.ts'
import { responseError } from './problems.ts'
import { type Straight, straightWriter } from './straight-code.ts'
import type { Write } from './write.ts'
import { Writers } from './writers.ts'

/** Writes a value as JSON, or throws an `APIKIT_ERR_RESPONSE`. */
export type Serialize = (value: unknown) => string

/** As many problems of one response are logged. */
const MAX_PROBLEMS = 20

/** A schema, compiled. */
export interface Model {
  readonly straight: Straight
  exact (): Write
}

/** @param at where the schema stands, for messages about it */
export function compileModel (schema: Schema, { at, lookup, refuse }: { at: string, lookup: SchemaLookup, refuse: Refuse }): Model {
  const writers = new Writers()
  const reader = new SchemaReader({ refuse, lookup, parsers: writers.parsers })
  const shape = reader.read(schema, at)
  return { straight: straightWriter(shape, writers), exact: () => writers.of(shape) }
}

/** @param where the route and the status, for the log */
export function serializer ({ straight, exact }: Model, where: string): Serialize {
  return value => {
    let thrown: unknown
    try {
      const json = straight(value)
      if (json !== undefined) return json
    } catch (error) {
      thrown = error
    }
    return writeExact(exact(), value, where, thrown)
  }
}

function writeExact (write: Write, value: unknown, where: string, thrown: unknown): string {
  const pass = new Pass(MAX_PROBLEMS)
  pass.path.push('response')
  let json: string | typeof FAIL
  try {
    json = write(value, pass)
  } catch (error) {
    throw responseError(where, pass.issues, error)
  }
  if (json === FAIL) throw responseError(where, pass.issues, thrown)
  return json
}
