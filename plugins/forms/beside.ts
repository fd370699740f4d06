/**
 * Forms in a scope where multipart bodies have a parser of the app's own, such as @fastify/multipart. It stays, for the
 * routes that use it; the body of a route that takes a form is read before it, and put into the request behind it.
 *
 * @module
 */

import { Readable } from 'node:stream'
import type { FastifyRequest, preParsingHookHandler, preValidationHookHandler } from 'fastify'
import { mediaTypeOf, MULTIPART } from '../core/http/media-type.ts'
import type { FormRoute } from './form-route.ts'

/** The last hook before the parser, and the first behind it. */
export function hooksBeside (forms: FormRoute): { preParsing: preParsingHookHandler, preValidation: preValidationHookHandler } {
  const bodies = new WeakMap<FastifyRequest, unknown>()
  return {
    preParsing (request, _reply, payload, done) {
      if (!forms.takesForm || mediaTypeOf(request) !== MULTIPART) return done(null, payload)
      forms.parse(request, payload as Readable).then(body => {
        bodies.set(request, body)
        // A parser that counts is told that all has come.
        done(null, Object.assign(Readable.from([]), { receivedEncodedLength: Number(request.headers['content-length']) }))
      }, done)
    },
    preValidation (request, _reply, done) {
      if (bodies.has(request)) request.body = bodies.get(request)
      done()
    }
  }
}
