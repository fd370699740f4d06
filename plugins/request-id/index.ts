/**
 * Gives each request an ID that is unique across processes, or the valid one that it brings.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { exposeHeader } from '../core/http/exposed-headers.ts'
import { parseOptions } from '../core/options.ts'
import { registrations } from '../core/registry.ts'
import { APIKIT_ERR_REQUEST_ID } from './errors.ts'
import { RequestIdOptions } from './options.ts'

const name = 'fastify-apikit/request-id'

export { RequestIdOptions }
export * from './errors.ts'

/** UUIDs, ULIDs, `traceparent`, IDs of proxies and clouds, base64. Nothing that a log, a shell or a page could take for more than text. */
const VALID = /^[\w.:+/=@~-]+$/

const plugin: FastifyPluginAsync<RequestIdOptions> = async (app, options) => {
  const isTwice = registrations(app).some(({ plugin, scope }) => plugin === 'request-id' && scope === app)
  const { header, accept, maxLength } = parseOptions(name, RequestIdOptions, options, app)
  // Both headers would have the ID of the second.
  if (isTwice) throw new APIKIT_ERR_REQUEST_ID('it is registered twice in one scope. Register it once, at the root')
  const { requestIdHeader } = app.initialConfig
  if (requestIdHeader !== undefined && requestIdHeader !== false) {
    throw new APIKIT_ERR_REQUEST_ID(`the server option requestIdHeader uses the header ${JSON.stringify(requestIdHeader)} without a check. Remove it, and set the option header of this plugin`)
  }

  const key = header.toLowerCase()
  app.setGenReqId(({ headers: { [key]: sent } }: Pick<IncomingMessage, 'headers'>) =>
    accept && typeof sent === 'string' && sent.length <= maxLength && VALID.test(sent) ? sent : randomUUID())
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header(header, request.id)
    done(null, payload)
  })
  exposeHeader(app, header)
}

/**
 * Sets `request.id` to the ID in the header `x-request-id` if it is valid, else to a new UUID, and sends it in the response.
 * It is in each line that `request.log` writes. Replaces the server option `genReqId`.
 *
 * @param options Defaults: `header` `x-request-id`, `accept` `true`, `maxLength` 128.
 * @throws APIKIT_ERR_REQUEST_ID when the server has the option `requestIdHeader`, or the plugin is registered twice.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @example
 * ```ts
 * await app.register(requestId)
 * ```
 */
export const requestId = fp(plugin, { name, fastify: '5.x || 6.x' })
export default requestId
