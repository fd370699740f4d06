/**
 * Adds text, HTML, redirects, files, streams, JSON lines and server-sent events, declared in `schema.response`.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/custom-response/
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { contribute } from '../core/plan/conductor.ts'
import { isSchema } from '../core/schema/references.ts'
import { sendBy, sendersOf, statusOf } from './senders.ts'
import { MAX_PING, OpenStreams } from './streams.ts'

const name = 'fastify-apikit/responses'

export const ResponsesOptions = Type.Object({
  ping: Type.Integer({
    default: 15_000,
    minimum: 0,
    maximum: MAX_PING,
    description: 'Milliseconds of silence after which an event stream sends a comment, so that proxies keep the connection open. 0 disables it.'
  })
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type ResponsesOptions = Partial<Static<typeof ResponsesOptions>>

export { type CookieOptions, deleteCookie, setCookie } from './cookies.ts'
export * from './errors.ts'
export { type FileAnswer, sendFile } from './file.ts'
export type { Items } from './item-stream.ts'
export { type Data, file, html, jsonLines, redirect, sse, type SseOptions, stream, text } from './kinds.ts'
export { quoteLocation, sendRedirect } from './location.ts'
export { type EventFields, ServerSentEvent } from './server-sent-event.ts'

const kPing: unique symbol = Symbol('fastify-apikit.responses.ping')

declare module 'fastify' {
  interface FastifyInstance {
    [kPing]: number
  }
}

const plugin: FastifyPluginAsync<ResponsesOptions> = async (app, options) => {
  const { ping } = parseOptions(name, ResponsesOptions, options, app)
  // Registered above already: that registration applies here too, except for the option.
  if (app.hasDecorator(kPing)) {
    app[kPing] = ping
    return
  }
  app.decorate(kPing, ping)
  const open = new OpenStreams()

  contribute(app, 'responses', ({ app: scope, route: { schema }, slots }) => {
    const response = schema?.response
    if (!isSchema(response)) return
    const senders = sendersOf(response, { ping: scope[kPing], open })
    if (senders.size > 0) slots.values.kinds = sendBy(senders)
    const status = statusOf(response)
    if (status !== undefined) slots.begin = beginWith(status)
  })

  // They would keep the server from closing. Their clients reconnect.
  app.addHook('preClose', async () => { open.end() })
}

/** Dependencies and hooks can set another status. */
function beginWith (status: number): (reply: FastifyReply) => void {
  return ({ raw }) => {
    // Not with reply.code(): Fastify would keep that status when an error is thrown.
    if (raw.statusCode === 200) raw.statusCode = status
  }
}

/**
 * Adds text, HTML, redirects, files, streams, JSON lines and server-sent events as response schemas, in this scope and
 * below. Register it before the routes.
 *
 * @param options `ping`: milliseconds of silence in an event stream before a comment. Default: 15000. 0 disables it.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @see https://fastapi.tiangolo.com/advanced/custom-response/
 * @example
 * ```ts
 * await app.register(responses)
 * app.get('/items', { schema: { response: { 200: sse(Item) } } }, async function * () { yield * db.items() })
 * ```
 */
export const responses = fp(plugin, { name, fastify: '5.x || 6.x' })
export default responses
