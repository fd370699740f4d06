/**
 * A schema by itself, with no request around it: reads one value by the rules of a body.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { Schema } from '../plan/route-plan.ts'
import { defaultOf } from './defaults.ts'
import { FAIL, type Issue, Pass } from './issue.ts'
import { Parsers } from './parse.ts'
import { SchemaReader } from './schema-reader.ts'

/** The value as its schema has it, or why it is not. */
export type ValueReading = { readonly value: unknown } | { readonly issues: readonly Issue[] }

export interface ValueReaderOptions {
  /** What the schema is called in problems with it: `payload`. */
  readonly name: string
  /** Makes the error for a schema that cannot be understood; all that is wrong with it, in one text. */
  readonly refusal: (problems: string) => Error
  /** After that many issues nothing more is looked at. */
  readonly maxIssues: number
}

/**
 * Compiles a schema. Its references lead to itself: there is no app whose `addSchema` they could mean.
 *
 * @throws what `refusal` makes
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
