/**
 * A client that is typed by the OpenAPI document of an app, for browsers, services and tests. It does not depend on Fastify.
 *
 * @module
 * @see https://openapi-ts.dev/openapi-fetch/
 */

import openapiFetch, { type Client as FetchClient, type ClientOptions as FetchOptions, type Middleware } from 'openapi-fetch'
import { ApiError } from './api-error.ts'
import { serializeBody } from './bodies.ts'

export { ApiError, type ApiIssue } from './api-error.ts'
export { asForm } from './bodies.ts'

/** The paths of an app, as `openapi-typescript` generates them. */
export type Client<Paths extends object> = FetchClient<Paths>

export interface ClientOptions extends FetchOptions {
  /** Token for `Authorization: Bearer …`, or a function that is called for each request. A request with its own `Authorization` keeps it. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
}

/**
 * Creates a client for the paths of an app.
 *
 * ```ts
 * import type { paths } from './paths.d.ts'
 * const client = createClient<paths>({ baseUrl: 'https://api.example.com', token: () => session.token })
 * const item = await unwrap(client.GET('/items/{item_id}', { params: { path: { item_id: 3 } } }))
 * ```
 *
 * A body is sent as JSON, or as `multipart/form-data` if it contains a `Blob` or a `File`. See `asForm` for urlencoded forms.
 *
 * @param options Those of openapi-fetch (`baseUrl`, `headers`, `fetch` …), and `token`.
 */
export function createClient<Paths extends object> (options: ClientOptions = {}): Client<Paths> {
  const { token, ...rest } = options
  const client = openapiFetch<Paths>({ bodySerializer: serializeBody, ...rest })
  client.use(cookies)
  if (token !== undefined) client.use(bearer(token))
  return client
}

/** Browsers do not let scripts set cookies, so openapi-fetch does not. Services and tests need it. */
const cookies: Middleware = {
  onRequest ({ request, params: { cookie = {} } }) {
    const pairs = Object.entries(cookie).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => `${name}=${String(value)}`)
    if (pairs.length > 0) request.headers.set('cookie', pairs.join('; '))
  }
}

function bearer (token: NonNullable<ClientOptions['token']>): Middleware {
  return {
    async onRequest ({ request }) {
      const text = typeof token === 'string' ? token : await token()
      if (text !== undefined && !request.headers.has('authorization')) request.headers.set('authorization', `Bearer ${text}`)
    }
  }
}

/** The result of a method of the client. */
interface Answer {
  readonly data?: unknown
  readonly error?: unknown
  readonly response: Response
}

/** The data of success responses. */
export type DataOf<A extends Answer> = A extends { error?: never, data: infer Data } ? Data : never

/**
 * Returns the data of a response, or throws.
 *
 * @throws ApiError when the status is not 2xx.
 */
export async function unwrap<A extends Answer> (answer: Promise<A>): Promise<DataOf<A>>
export async function unwrap (answer: Promise<Answer>): Promise<unknown> {
  const { data, error, response } = await answer
  if (!response.ok) throw new ApiError(response, error)
  return data
}
