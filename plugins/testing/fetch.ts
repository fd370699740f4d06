/**
 * Sends `fetch` requests to an app without a server.
 *
 * @module
 */

import type { FastifyInstance, InjectOptions } from 'fastify'

/** Statuses without a body, for which `Response` refuses even an empty one. */
const NO_BODY = new Set([204, 205, 304])

/**
 * Returns a `fetch` that sends requests to the app, without a server. With it a typed client works in tests.
 *
 * ```ts
 * const client = createClient<paths>({ baseUrl: 'http://app', fetch: fetchOf(app) })
 * const { data, error, response } = await client.GET('/items/{item_id}', { params: { path: { item_id: 3 } } })
 * ```
 *
 * The host of the URL is sent as `Host`, and never contacted.
 */
export function fetchOf (app: FastifyInstance): (input: Request | URL | string, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const request = new Request(input, init)
    const { method, headers } = request
    const url = new URL(request.url)
    const payload = request.body === null ? undefined : Buffer.from(await request.arrayBuffer())
    const answer = await app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url: url.pathname + url.search,
      headers: { host: url.host, ...Object.fromEntries(headers) },
      ...payload !== undefined && { payload }
    })
    const answered = Object.entries(answer.headers).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)]))
    return new Response(NO_BODY.has(answer.statusCode) ? null : new Uint8Array(answer.rawPayload), { status: answer.statusCode, statusText: answer.statusMessage, headers: answered })
  }
}
