/**
 * Which bodies are JSON: those whose content type says so. All others are kept as bytes, so that the
 * route's schema, not the parser, decides.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/strict-content-type/
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { jsonReader } from './body-text.ts'

/** Bodies are read whole: the parsers of `formats` that are streams belong to others. */
const WHOLE = { parseAs: 'buffer' } as const

const JSON_TYPES = ['application/json', /^application\/[^;\s]+\+json(?=\s*(?:;|$))/i] as const

/** @param strict a body without a content type is no JSON */
export function readBodies (app: FastifyInstance, strict: boolean): void {
  const readJson = jsonReader(app)
  const parseJson = async (request: FastifyRequest, bytes: Buffer) => readJson(request, bytes)
  for (const type of JSON_TYPES) unlessTaken(() => { app.addContentTypeParser(type as string, WHOLE, parseJson) })
  unlessTaken(() => {
    app.addContentTypeParser('*', WHOLE, async (request: FastifyRequest, bytes: Buffer) => {
      if (!strict && !request.headers['content-type']) return readJson(request, bytes)
      return bytes.length === 0 ? undefined : bytes
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
