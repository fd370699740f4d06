/**
 * Sets cookies as Starlette does. `validation` reads any value back.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/response-cookies/
 */

import type { FastifyReply } from 'fastify'
import { APIKIT_ERR_COOKIE } from './errors.ts'

export interface CookieOptions {
  /** Lifetime in seconds. Without `maxAge` and `expires` the cookie ends with the browser's session. */
  readonly maxAge?: number
  readonly expires?: Date
  /** Path for which it is sent, and all below. Default: `/`. `null`: the path of the request. */
  readonly path?: string | null
  readonly domain?: string
  /** If true, it is sent over https only. */
  readonly secure?: boolean
  /** If true, scripts cannot read it. */
  readonly httpOnly?: boolean
  /** Default: `lax`. `null` leaves it to the browser. */
  readonly sameSite?: 'lax' | 'strict' | 'none' | null
  /** If true, it is kept separately for each site that embeds the page. Needs `secure`. */
  readonly partitioned?: boolean
}

// A token: RFC 9110 §5.6.2.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** What needs no quotes, after Python's `http.cookies`. */
const PLAIN = /^[!#$%&'*+.^_`|~:0-9A-Za-z-]+$/

// What is escaped between quotes: all but those and `()/<=>?@[]{}` and the blank.
// eslint-disable-next-line no-control-regex
const ESCAPED = /[\x00-\x1f",;\\\x7f-\xff]/g

// eslint-disable-next-line no-control-regex
const BEYOND_LATIN_1 = /[^\x00-\xff]/

// eslint-disable-next-line no-control-regex
const ENDS_ATTRIBUTE = /[\x00-\x1f;\x7f-\uffff]/

/**
 * Sets a cookie, in a handler or a dependency.
 *
 * ```ts
 * setCookie(reply, 'session', id, { httpOnly: true, secure: true, maxAge: 3600 })
 * ```
 *
 * @param value Characters up to U+00FF. Encode others with `encodeURIComponent`.
 * @throws APIKIT_ERR_COOKIE when the name, the value or an attribute is invalid.
 */
export function setCookie (reply: FastifyReply, name: string, value: string, options: CookieOptions = {}): void {
  reply.header('set-cookie', cookieText(name, value, options))
}

/**
 * Deletes a cookie in the browser. `path` and `domain` must be those with which it was set.
 *
 * @throws APIKIT_ERR_COOKIE when the name or an attribute is invalid.
 */
export function deleteCookie (reply: FastifyReply, name: string, options: CookieOptions = {}): void {
  setCookie(reply, name, '', { ...options, maxAge: 0, expires: new Date() })
}

function cookieText (name: string, value: string, options: CookieOptions): string {
  const { maxAge, expires, path = '/', domain, secure, httpOnly, sameSite = 'lax', partitioned } = options
  if (!TOKEN.test(name)) throw new APIKIT_ERR_COOKIE(`the name ${JSON.stringify(name)} must be a token (RFC 9110)`)
  if (BEYOND_LATIN_1.test(value)) throw new APIKIT_ERR_COOKIE(`the value of "${name}" has characters above U+00FF. Encode it with encodeURIComponent`)
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) throw new APIKIT_ERR_COOKIE(`maxAge of "${name}" must be a whole number of seconds`)
  for (const [attribute, text] of Object.entries({ path, domain })) {
    if (typeof text === 'string' && ENDS_ATTRIBUTE.test(text)) throw new APIKIT_ERR_COOKIE(`${attribute} of "${name}" has a character that would end it`)
  }
  return [
    `${name}=${quote(value)}`,
    domain !== undefined && `Domain=${domain}`,
    expires !== undefined && `expires=${expires.toUTCString()}`,
    httpOnly === true && 'HttpOnly',
    maxAge !== undefined && `Max-Age=${maxAge}`,
    partitioned === true && 'Partitioned',
    path !== null && `Path=${path}`,
    sameSite !== null && `SameSite=${sameSite}`,
    secure === true && 'Secure'
  ].filter(part => part !== false).join('; ')
}

function quote (value: string): string {
  return PLAIN.test(value) ? value : `"${value.replace(ESCAPED, escape)}"`
}

function escape (char: string): string {
  return char === '"' || char === '\\' ? `\\${char}` : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
}
