/**
 * Schemes of HTTP's own: Bearer, Basic, Digest, and any other.
 *
 * @module
 */

import { type TObject, Type } from '@sinclair/typebox'
import type { Dependency } from '../dependencies/index.ts'
import { type BasicCredentials, type HttpCredentials, httpCredentialsOf, readBasic } from './credentials.ts'
import { type Authenticated, optionsSchema, quoted, schemeDependency, type SchemeOptions } from './scheme.ts'

export interface HttpBearerOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** A hint in the document about what the token is: `JWT`. */
  readonly bearerFormat?: string
}

export interface HttpBasicOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** What the credentials are for; browsers show it. */
  readonly realm?: string
}

export interface HttpBaseOptions<Optional extends boolean = boolean> extends SchemeOptions<Optional> {
  /** Name of the scheme, for the document and the challenge; credentials of any scheme are taken. */
  readonly scheme: string
}

const Bearer = optionsSchema({ bearerFormat: Type.Optional(Type.String()) })
// What can stand in a header: neither controls, nor what is not latin-1.

const Basic = optionsSchema({ realm: Type.Optional(Type.String({ pattern: /^[\t\x20-\x7e\x80-\xff]*$/.source })) })
const Digest = optionsSchema({})
const Base = optionsSchema({ scheme: Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" }) })

/**
 * `Authorization: Bearer …`: its two parts, which are both there.
 *
 * ```ts
 * const bearer = httpBearer()
 * app.get('/me', { config: { depends: { auth: bearer } } }, async ({ deps: { auth } }) => auth.credentials)
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
export function httpBearer<const Optional extends boolean = false> (options: HttpBearerOptions<Optional> = {}): Dependency<Authenticated<HttpCredentials, Optional>> {
  const { bearerFormat } = options
  return httpScheme('httpBearer', Bearer, options, 'HTTPBearer', 'bearer', { ...bearerFormat !== undefined && { bearerFormat } })
}

/**
 * `Authorization: Digest …`: its two parts. Whether the digest is right is for you to find out.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
 * @see https://www.rfc-editor.org/rfc/rfc7616
 */
export function httpDigest<const Optional extends boolean = false> (options: SchemeOptions<Optional> = {}): Dependency<Authenticated<HttpCredentials, Optional>> {
  return httpScheme('httpDigest', Digest, options, 'HTTPDigest', 'digest')
}

/**
 * An `Authorization` header of any scheme: its two parts, which are both there. FastAPI's `HTTPBase`.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
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
 * `Authorization: Basic …`: user name and password. What cannot be read is 401, though the scheme be optional.
 * Compare by `timingSafeEqual`, or by `password.verify`.
 *
 * ```ts
 * const basic = httpBasic({ realm: 'simple' })
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS
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
