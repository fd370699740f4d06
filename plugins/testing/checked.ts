/**
 * Checks what a test has got by the schema that it expects.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'

const ajv = formats.default(new Ajv({ strict: false, logger: false }))

/** Returns what is wrong, or `undefined`. */
export function checked (schema: TSchema, value: unknown, name = 'message'): string | undefined {
  return ajv.validate(schema, value) ? undefined : ajv.errorsText(undefined, { dataVar: name })
}
