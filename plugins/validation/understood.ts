/**
 * Parses a schema into what readers need.
 *
 * @module
 */

import type { Ajv } from 'ajv'
import type { Refuse, Schema } from '../core/plan/route-plan.ts'
import { Parsers, type Screen } from '../core/schema/parse.ts'
import type { SchemaLookup } from '../core/schema/references.ts'
import { SchemaReader } from '../core/schema/schema-reader.ts'
import type { Shape } from '../core/schema/shape.ts'

/** Parsed schema, and the parsers that decode its defaults. */
export interface Understood {
  readonly shape: Shape
  readonly parsers: Parsers
}

/** Reads a schema once more: shapes and parsers take more memory than all else of a route, and are not kept for the requests that need them. */
export type Anew = () => Understood

export interface SchemaSource {
  readonly lookup: SchemaLookup
  readonly ajv: Ajv | undefined
  /** Checks JSON strings for forbidden keys. */
  readonly screen: Screen
}

/** @param refuse omit it for a schema that was read before, whose problems were reported then */
export function understand (schema: Schema, at: string, { lookup, ajv, screen }: SchemaSource, refuse: Refuse = String): Understood {
  const parsers = new Parsers(screen)
  return { shape: new SchemaReader({ lookup, ajv, parsers, refuse }).read(schema, at), parsers }
}
