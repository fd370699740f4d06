/**
 * The answer to a wrong request, for the OpenAPI document.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import type { PlannedResponse } from '../core/plan/route-plan.ts'
import type { Format } from './request-validation-error.ts'

const ValidationError = Type.Object({
  loc: Type.Array(Type.Union([Type.String(), Type.Integer()]), { title: 'Location' }),
  msg: Type.String({ title: 'Message' }),
  type: Type.String({ title: 'Error Type' }),
  input: Type.Optional(Type.Unknown({ title: 'Input' })),
  ctx: Type.Optional(Type.Unsafe<object>({ type: 'object', title: 'Context' }))
}, { title: 'ValidationError' })

const HTTPValidationError = Type.Object({
  detail: Type.Optional(Type.Array(ValidationError, { title: 'Detail' }))
}, { title: 'HTTPValidationError' })

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
const ValidationProblem = Type.Object({
  type: Type.String({ format: 'uri-reference' }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  errors: Type.Array(ValidationError)
}, { title: 'ValidationProblem' })

export const ANSWERS: Readonly<Record<Format, PlannedResponse>> = {
  fastapi: { description: 'Validation Error', contentType: 'application/json', schema: HTTPValidationError },
  problem: { description: 'Validation Error', contentType: 'application/problem+json', schema: ValidationProblem }
}
