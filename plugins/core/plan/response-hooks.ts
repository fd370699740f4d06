/**
 * Hooks of a route for the way out.
 *
 * @module
 */

import type { onSendHookHandler, preSerializationHookHandler } from 'fastify'
import { raised } from '../thrown.ts'
import type { Slots } from './route-plan.ts'

/** Closes an answer that no model writes. */
export function closing ({ close }: Slots): preSerializationHookHandler | undefined {
  if (close === undefined) return undefined
  return (request, reply, payload, done) => {
    let closed: unknown
    try {
      closed = close(request, reply, payload)
    } catch (error) {
      return done(raised(error))
    }
    done(null, closed)
  }
}

/** Runs what has to be done before the response is sent. */
export function sending ({ send: { generators, files, tasks } }: Slots): onSendHookHandler | undefined {
  const [first, ...others] = [generators, files, tasks].filter(step => step !== undefined)
  if (first === undefined) return undefined
  return (request, reply, payload, done) => {
    const finish = (): void => {
      for (const step of others) step(request, reply, payload)
      done(null, payload)
    }
    const running = first(request, reply, payload)
    if (running === undefined) finish()
    else running.then(finish).catch((error: unknown) => { done(raised(error)) })
  }
}

/**
 * Fastify gives the HEAD beside a GET a length, which a 204 must not have, and a 304 only if it is that of the 200.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.6
 */
export function withoutLength (next: onSendHookHandler | undefined): onSendHookHandler {
  return function (request, reply, payload, done) {
    if (reply.statusCode === 204 || reply.statusCode === 304) reply.removeHeader('content-length')
    if (reply.statusCode === 204) reply.removeHeader('content-type')
    if (next === undefined) done()
    else next.call(this, request, reply, payload, done)
  }
}
