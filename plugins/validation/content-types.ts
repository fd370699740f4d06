/**
 * Which bodies are JSON: those whose content type says so. All others are kept as bytes, so that the
 * route's schema, not the parser, decides.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/strict-content-type/
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ContentTypeParserDoneFunction } from 'fastify/types/content-type-parser.js'
import { planOf } from '../core/plan/plan-of-request.ts'
import { BrokenJson, jsonParser } from './body-text.ts'
import { jsonIssue } from './request-validation-error.ts'
import type { RouteValidator } from './route-validator.ts'

/** Bodies are read whole. Made anew each time: Fastify writes the `bodyLimit` of the app into it. */
const whole = () => ({ parseAs: 'buffer' } as const)

const JSON_TYPES = ['application/json', /^application\/[^;\s]+\+json(?=\s*(?:;|$))/i] as const

export function readBodies (app: FastifyInstance, validator: RouteValidator): void {
  const { strictContentType: strict } = validator.options
  const parse = jsonParser(app)
  const parseJson: typeof parse = (request, bytes, done) => {
    parse(request, bytes, (error, body) => {
      // A route that reads its request answers with all that is wrong; nobody else knows what to do with such a body.
      if (body instanceof BrokenJson && planOf(request)?.slots.read === undefined) done(validator.error([jsonIssue(body)], body))
      else done(error, body)
    })
  }
  for (const type of JSON_TYPES) unlessTaken(() => { app.addContentTypeParser(type as string, whole(), parseJson) })
  unlessTaken(() => {
    app.addContentTypeParser('*', whole(), (request: FastifyRequest, bytes: Buffer, done: ContentTypeParserDoneFunction) => {
      if (!strict && !request.headers['content-type']) parseJson(request, bytes, done)
      else done(null, bytes.length === 0 ? undefined : bytes)
    })
  })
}

/** A parser of the app's own stays: it is there for a reason. */
function unlessTaken (add: () => void): void {
  try {
    add()
  } catch (error) {
    if (Object(error).code !== 'FST_ERR_CTP_ALREADY_PRESENT') throw error
  }
}
