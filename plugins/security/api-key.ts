/**
 * API keys in a header, a query parameter or a cookie.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { Dependency } from '../dependencies/index.ts'
import { type ApiKeyPlace, apiKeyReaders } from './credentials.ts'
import { type Authenticated, optionsSchema, schemeDependency, type SchemeOptions } from './scheme.ts'

/** Options of `apiKey()`. */
export interface ApiKeyOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** Where it is sent. A key in the query ends up in browser histories and proxy logs. The log of this app masks it. */
  readonly in: ApiKeyPlace
  /** Name of the header, parameter or cookie. */
  readonly name: string
}

const Place = Type.Union([Type.Literal('cookie'), Type.Literal('header'), Type.Literal('query')])
const TOKEN = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"

const schemas: Readonly<Record<Static<typeof Place>, ReturnType<typeof optionsSchema>>> = {
  cookie: optionsSchema({ in: Place, name: Type.String({ pattern: TOKEN }) }),
  header: optionsSchema({ in: Place, name: Type.String({ pattern: TOKEN }) }),
  query: optionsSchema({ in: Place, name: Type.String({ minLength: 1 }) })
}

const SCHEME_NAMES: Readonly<Record<ApiKeyPlace, string>> = { cookie: 'APIKeyCookie', header: 'APIKeyHeader', query: 'APIKeyQuery' }

/**
 * Creates a dependency: the API key, which is not empty.
 *
 * ```ts
 * const key = apiKey({ in: 'header', name: 'x-key' })
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @see https://fastapi.tiangolo.com/reference/security/#api-key-security-schemes
 */
export function apiKey<const Optional extends boolean = false> (options: ApiKeyOptions<Optional>): Dependency<Authenticated<string, Optional>> {
  const { in: place, name } = options
  // An unknown place is reported by any of them.
  return schemeDependency('apiKey', schemas[place] ?? schemas.header, options, () => ({
    schemeName: SCHEME_NAMES[place],
    document: { type: 'apiKey', in: place, name },
    challenge: 'APIKey',
    read: request => apiKeyReaders[place](request, name)
  }))
}
