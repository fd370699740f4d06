/**
 * Reads a value by the rules of a body, without a request.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { Schema } from '../plan/route-plan.ts'
import { defaultOf } from './defaults.ts'
import { FAIL, type Issue, Pass } from './issue.ts'
import { Parsers } from './parse.ts'
import { SchemaReader } from './schema-reader.ts'

/** Converted value, or the issues. */
export type ValueReading = { readonly value: unknown } | { readonly issues: readonly Issue[] }

export interface ValueReaderOptions {
  /** Name of the schema in error messages: `payload`. */
  readonly name: string
  /** Makes the error for an invalid schema, from one text with all problems. */
  readonly refusal: (problems: string) => Error
  /** Maximum number of issues. Validation stops there. */
  readonly maxIssues: number
}

/**
 * Compiles a schema. Its references must point into itself, since there is no app with shared schemas.
 *
 * @throws the error made by `refusal`
 */
export function valueReader (schema: TSchema, { name, refusal, maxIssues }: ValueReaderOptions): (input: unknown) => ValueReading {
  const problems: string[] = []
  const parsers = new Parsers()
  const reader = new SchemaReader({ lookup: () => undefined, parsers, refuse: problem => { problems.push(problem.replace(/^schema\./, '')) } })
  // Its type has no index signature.
  const written = schema as unknown as Schema
  const shape = reader.read(written, name)
  if (problems.length > 0) throw refusal(problems.join('; '))
  const parse = parsers.of(shape)
  const makeDefault = defaultOf(written, shape, parsers)
  return input => {
    const pass = new Pass(maxIssues)
    const value = input !== undefined ? parse(input, pass) : makeDefault !== undefined ? makeDefault() : pass.refuse('missing', 'Field required', null)
    return value === FAIL ? { issues: pass.issues } : { value }
  }
}
