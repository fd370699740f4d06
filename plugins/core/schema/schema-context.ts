/**
 * What is asked of the reader of a schema by those that read one kind of schemas.
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'
import type { Known } from './keywords.ts'
import type { Parsers } from './parse.ts'
import type { References } from './references.ts'
import type { Pattern, Shape } from './shape.ts'

export interface SchemaContext {
  /** Decode the defaults. */
  readonly parsers: Parsers
  read (schema: Schema, at: string): Shape
  /** A schema that stands for the same value. */
  child (schema: unknown, at: string, references: References): Shape
  /** A part of the value, which may be like the whole. */
  part (schema: unknown, at: string, references: References): Shape
  pattern (source: unknown, at: string): Pattern | undefined
  /** Adds Ajv for the keywords that the parser does not answer for. */
  checked (schema: Schema, known: Known, at: string, inner: Shape): Shape
  /** What has to wait until the shapes that references lead to are there. */
  later (finish: () => void): void
  refuse (at: string, problem: string): Shape
}

export const ANY: Shape = { kind: 'any' }

export function titleOf ({ title }: Schema): string | undefined {
  return typeof title === 'string' ? title : undefined
}

export function sized (min: unknown, max: unknown): { min: number | undefined, max: number | undefined } {
  return { min: typeof min === 'number' ? min : undefined, max: typeof max === 'number' ? max : undefined }
}
