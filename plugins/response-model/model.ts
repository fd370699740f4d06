/**
 * Compiles a response schema to a function from the handler's value to JSON.
 *
 * @module
 */

import type { Refuse, Schema } from '../core/plan/route-plan.ts'
import { FAIL, Pass } from '../core/schema/issue.ts'
import type { SchemaLookup } from '../core/schema/references.ts'
import { SchemaReader } from '../core/schema/schema-reader.ts'
import type { Shape } from '../core/schema/shape.ts'
import { present } from './presentation.ts'
import { responseError } from './problems.ts'
import type { Presentation, Unmet } from './selection.ts'
import { type FastWrite, generateWriter } from './generated-writer.ts'
import type { Write } from './write.ts'
import { Writers } from './writers.ts'

/** Writes a value as JSON, or throws an `APIKIT_ERR_RESPONSE`. */
export type Serialize = (value: unknown) => string

/** Maximum number of logged problems of one response. */
const MAX_PROBLEMS = 20

/** A compiled schema. */
export interface Model {
  readonly fast: FastWrite
  exact (): Write
  /** Names that `config.response` selects and the schema lacks. */
  readonly unmet: readonly Unmet[]
}

export interface ModelOptions {
  /** Location of the schema, for messages. */
  readonly at: string
  readonly lookup: SchemaLookup
  readonly refuse: Refuse
  /** What of the model is sent. Default: all of it. */
  readonly presentation?: Presentation | undefined
}

export function compileModel (schema: Schema, options: ModelOptions): Model {
  const { shape, writers } = understand(schema, options)
  return { fast: generateWriter(shape, writers), exact: exactly(schema, { ...options, refuse: String }), unmet: options.presentation?.unmet() ?? [] }
}

function understand (schema: Schema, { at, lookup, refuse, presentation }: ModelOptions): { readonly shape: Shape, readonly writers: Writers } {
  const writers = new Writers()
  const whole = new SchemaReader({ refuse, lookup, parsers: writers.parsers }).read(schema, at)
  return { shape: presentation === undefined ? whole : present(whole, presentation), writers }
}

/** Parses the schema again for the first value that needs it. Shapes take more memory than everything else of a route, and are not kept. */
function exactly (schema: Schema, options: ModelOptions): Model['exact'] {
  let write: Write | undefined
  return () => {
    if (write === undefined) {
      const { shape, writers } = understand(schema, options)
      write = writers.of(shape)
    }
    return write
  }
}

/** @param where Route and status, for the log. */
export function serializer ({ fast, exact }: Pick<Model, 'fast' | 'exact'>, where: string): Serialize {
  return value => {
    let thrown: unknown
    try {
      const json = fast(value)
      if (json !== FAIL) return json
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
