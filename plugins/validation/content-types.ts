/**
 * Which bodies are JSON: those whose content type says so. All others are kept as bytes, so that the
 * route's schema, not the parser, decides.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/strict-content-type/
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ContentTypeParserDoneFunction } from 'fastify/types/content-type-parser.js'
import { jsonParser } from './body-text.ts'

/** Bodies are read whole. Made anew each time: Fastify writes the `bodyLimit` of the app into it. */
const whole = () => ({ parseAs: 'buffer' } as const)

const JSON_TYPES = ['application/json', /^application\/[^;\s]+\+json(?=\s*(?:;|$))/i] as const

/** @param strict a body without a content type is no JSON */
export function readBodies (app: FastifyInstance, strict: boolean): void {
  const parseJson = jsonParser(app)
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
