/**
 * HTTP authentication schemes: Bearer, Basic, Digest, and any other.
 *
 * @module
 */

import { type TObject, Type } from '@sinclair/typebox'
import type { Dependency } from '../dependencies/index.ts'
import { type BasicCredentials, type HttpCredentials, httpCredentialsOf, readBasic } from './credentials.ts'
import { type Authenticated, optionsSchema, quoted, schemeDependency, type SchemeOptions } from './scheme.ts'

/** Options of `httpBearer()`. */
export interface HttpBearerOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** Format of the token, for the document: `JWT`. */
  readonly bearerFormat?: string
}

/** Options of `httpBasic()`. */
export interface HttpBasicOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** Realm in the challenge, which browsers show. */
  readonly realm?: string
}

/** Options of `httpBase()`. */
export interface HttpBaseOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** Name of the scheme, for the document and the challenge. Credentials of any scheme are accepted. */
  readonly scheme: string
}

const Bearer = optionsSchema({ bearerFormat: Type.Optional(Type.String()) })
// Characters of a header value: no control characters, latin-1 only.

const Basic = optionsSchema({ realm: Type.Optional(Type.String({ pattern: /^[\t\x20-\x7e\x80-\xff]*$/.source })) })
const Digest = optionsSchema({})
const Base = optionsSchema({ scheme: Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" }) })

/**
 * Creates a dependency: the scheme and the credentials of `Authorization: Bearer …`.
 *
 * ```ts
 * const bearer = httpBearer()
 * app.get('/me', { config: { depends: { auth: bearer } } }, async ({ deps: { auth } }) => auth.credentials)
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
export function httpBearer<const Optional extends boolean = false> (options: HttpBearerOptions<Optional> = {}): Dependency<Authenticated<HttpCredentials, Optional>> {
  const { bearerFormat } = options
  return httpScheme('httpBearer', Bearer, options, 'HTTPBearer', 'bearer', { ...bearerFormat !== undefined && { bearerFormat } })
}

/**
 * Creates a dependency: the scheme and the credentials of `Authorization: Digest …`. It does not verify the digest.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @see https://www.rfc-editor.org/rfc/rfc7616
 */
export function httpDigest<const Optional extends boolean = false> (options: SchemeOptions<Optional> = {}): Dependency<Authenticated<HttpCredentials, Optional>> {
  return httpScheme('httpDigest', Digest, options, 'HTTPDigest', 'digest')
}

/**
 * Creates a dependency: the scheme and the credentials of an `Authorization` header of any scheme. FastAPI's `HTTPBase`.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 */
export function httpBase<const Optional extends boolean = false> (options: HttpBaseOptions<Optional>): Dependency<Authenticated<HttpCredentials, Optional>> {
  return schemeDependency('httpBase', Base, options, () => ({
    schemeName: 'HTTPBase',
    document: { type: 'http', scheme: options.scheme },
    challenge: title(options.scheme),
    read: request => {
      const found = httpCredentialsOf(request)
      return found?.credentials === '' ? undefined : found
    }
  }))
}

/**
 * Creates a dependency: the user name and password of `Authorization: Basic …`. Malformed credentials are a 401, even if the
 * scheme is optional. Compare passwords with `timingSafeEqual` or `password.verify`.
 *
 * ```ts
 * const basic = httpBasic({ realm: 'simple' })
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS when an option is unknown or invalid.
 * @see https://fastapi.tiangolo.com/advanced/security/http-basic-auth/
 */
export function httpBasic<const Optional extends boolean = false> (options: HttpBasicOptions<Optional> = {}): Dependency<Authenticated<BasicCredentials, Optional>> {
  return schemeDependency('httpBasic', Basic, options, () => ({
    schemeName: 'HTTPBasic',
    document: { type: 'http', scheme: 'basic' },
    challenge: options.realm ? `Basic realm=${quoted(options.realm)}` : 'Basic',
    read: (request, reject) => {
      const found = httpCredentialsOf(request)
      if (found?.scheme.toLowerCase() !== 'basic') return undefined
      return readBasic(found.credentials) ?? reject()
    }
  }))
}

function httpScheme<Optional extends boolean> (
  maker: string, schema: TObject, options: SchemeOptions<Optional>, schemeName: string, scheme: string, more: object = {}
): Dependency<Authenticated<HttpCredentials, Optional>> {
  return schemeDependency(maker, schema, options, () => ({
    schemeName,
    document: { type: 'http', scheme, ...more },
    challenge: title(scheme),
    read: request => {
      const found = httpCredentialsOf(request)
      return found?.scheme.toLowerCase() === scheme && found.credentials !== '' ? found : undefined
    }
  }))
}

/** Python's `str.title()`. */
function title (scheme: string): string {
  return scheme.replaceAll(/[A-Za-z]+/g, word => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
}
