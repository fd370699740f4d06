/**
 * Cookies, written as Starlette writes them; `validation` reads them back, whatever their value.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/response-cookies/
 */

import type { FastifyReply } from 'fastify'
import { APIKIT_ERR_COOKIE } from './errors.ts'

export interface CookieOptions {
  /** Seconds until it is forgotten; without `maxAge` and `expires` it goes with the browser's session. */
  readonly maxAge?: number
  readonly expires?: Date
  /** Sent back for this path and all below; `/` by default, `null` for the path of the request. */
  readonly path?: string | null
  readonly domain?: string
  /** Sent back over HTTPS alone. */
  readonly secure?: boolean
  /** Hidden from scripts. */
  readonly httpOnly?: boolean
  /** `lax` by default, `null` to leave it to the browser. */
  readonly sameSite?: 'lax' | 'strict' | 'none' | null
  /** Kept apart for each site that the page is embedded in; needs `secure`. */
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
 * Sets a cookie: by the reply of a handler, or of a dependency.
 *
 * ```ts
 * setCookie(reply, 'session', id, { httpOnly: true, secure: true, maxAge: 3600 })
 * ```
 *
 * @param value characters up to U+00FF; write others by `encodeURIComponent`
 * @throws APIKIT_ERR_COOKIE when it cannot be set
 */
export function setCookie (reply: FastifyReply, name: string, value: string, options: CookieOptions = {}): void {
  reply.header('set-cookie', cookieText(name, value, options))
}

/**
 * Makes the client forget a cookie. Path and domain are those it was set with.
 *
 * @throws APIKIT_ERR_COOKIE when it cannot be set
 */
export function deleteCookie (reply: FastifyReply, name: string, options: CookieOptions = {}): void {
  setCookie(reply, name, '', { ...options, maxAge: 0, expires: new Date() })
}

function cookieText (name: string, value: string, options: CookieOptions): string {
  const { maxAge, expires, path = '/', domain, secure, httpOnly, sameSite = 'lax', partitioned } = options
  if (!TOKEN.test(name)) throw new APIKIT_ERR_COOKIE(`the name ${JSON.stringify(name)} is no token`)
  if (BEYOND_LATIN_1.test(value)) throw new APIKIT_ERR_COOKIE(`the value of "${name}" has characters beyond U+00FF`)
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) throw new APIKIT_ERR_COOKIE(`maxAge of "${name}" is no whole number of seconds`)
  for (const [attribute, text] of Object.entries({ path, domain })) {
    if (typeof text === 'string' && ENDS_ATTRIBUTE.test(text)) throw new APIKIT_ERR_COOKIE(`${attribute} of "${name}" has a character that ends it`)
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
