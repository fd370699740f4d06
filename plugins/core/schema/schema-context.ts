/**
 * Declares what readers of one kind of schema need from the reader of all kinds.
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'
import type { Known } from './keywords.ts'
import type { Parsers } from './parse.ts'
import type { References } from './references.ts'
import type { Pattern, Shape } from './shape.ts'

export interface SchemaContext {
  /** Parsers that decode the defaults. */
  readonly parsers: Parsers
  read (schema: Schema, at: string): Shape
  /** Reads a schema of the same value. */
  child (schema: unknown, at: string, references: References): Shape
  /** Reads the schema of a part of the value, which may refer to the whole. */
  part (schema: unknown, at: string, references: References): Shape
  pattern (source: unknown, at: string): Pattern | undefined
  /** Adds Ajv for the keywords that the parser does not implement. */
  checked (schema: Schema, known: Known, at: string, inner: Shape): Shape
  /** Steps that wait until the shapes behind references are known. */
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
