/**
 * A client that is typed by the document of an app: for browsers, for other services, and for tests. It knows nothing
 * of Fastify.
 *
 * @module
 * @see https://openapi-ts.dev/openapi-fetch/
 */

import openapiFetch, { type Client as FetchClient, type ClientOptions as FetchOptions, type Middleware } from 'openapi-fetch'
import { ApiError } from './api-error.ts'
import { serializeBody } from './bodies.ts'

export { ApiError, type ApiIssue } from './api-error.ts'
export { asForm } from './bodies.ts'

/** The paths of an app, as `openapi-typescript` writes them. */
export type Client<Paths extends object> = FetchClient<Paths>

export interface ClientOptions extends FetchOptions {
  /** Sent as `Authorization: Bearer …`, unless a request has an `Authorization` of its own; a function is asked for each request. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
}

/**
 * Makes a client of the paths of an app.
 *
 * ```ts
 * import type { paths } from './paths.d.ts'
 * const client = createClient<paths>({ baseUrl: 'https://api.example.com', token: () => session.token })
 * const item = await unwrap(client.GET('/items/{item_id}', { params: { path: { item_id: 3 } } }))
 * ```
 *
 * A body is sent as JSON; one that has a `Blob` or a `File` in it as `multipart/form-data`; see `asForm` for other forms.
 *
 * @param options those of openapi-fetch (`baseUrl`, `headers`, `fetch` …), and `token`
 */
export function createClient<Paths extends object> (options: ClientOptions = {}): Client<Paths> {
  const { token, ...rest } = options
  const client = openapiFetch<Paths>({ bodySerializer: serializeBody, ...rest })
  client.use(cookies)
  if (token !== undefined) client.use(bearer(token))
  return client
}

/** What openapi-fetch leaves to the browser: no browser lets a script set cookies, but services and tests have none. */
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

/** What a method of the client answers. */
interface Answer {
  readonly data?: unknown
  readonly error?: unknown
  readonly response: Response
}

/** The data of the answers that are no errors. */
export type DataOf<A extends Answer> = A extends { error?: never, data: infer Data } ? Data : never

/**
 * The data of an answer, or else an error that says what was wrong.
 *
 * @throws ApiError when the answer is no success
 */
export async function unwrap<A extends Answer> (answer: Promise<A>): Promise<DataOf<A>>
export async function unwrap (answer: Promise<Answer>): Promise<unknown> {
  const { data, error, response } = await answer
  if (!response.ok) throw new ApiError(response, error)
  return data
}
