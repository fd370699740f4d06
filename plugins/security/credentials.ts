/**
 * What a client sends to say who it is, read as FastAPI reads it.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { strip } from '../types/blanks.ts'
import { parseCookies } from '../core/http/cookie-text.ts'

/** An `Authorization` header in its two parts. */
export interface HttpCredentials {
  /** As it was sent: `Bearer`, `bearer`. */
  readonly scheme: string
  readonly credentials: string
}

/** What HTTP Basic carries. */
export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

/** The whole `Authorization` header; an empty one was not sent. */
export function authorizationOf ({ headers: { authorization } }: FastifyRequest): string | undefined {
  return authorization === '' ? undefined : authorization
}

/** Its two parts, the second of which may be empty. */
export function httpCredentialsOf (request: FastifyRequest): HttpCredentials | undefined {
  const header = authorizationOf(request)
  if (header === undefined) return undefined
  const blank = header.indexOf(' ')
  return blank === -1 ? { scheme: header, credentials: '' } : { scheme: header.slice(0, blank), credentials: strip(header.slice(blank)) }
}

/** What stands behind `Bearer`, in any case: the empty text, too. */
export function bearerTokenOf (request: FastifyRequest): string | undefined {
  const found = httpCredentialsOf(request)
  return found?.scheme.toLowerCase() === 'bearer' ? found.credentials : undefined
}

/** Where an API key can be sent. */
export type ApiKeyPlace = 'cookie' | 'header' | 'query'

type ReadApiKey = (request: FastifyRequest, name: string) => string | undefined

/** Of a header that comes twice the first counts, of a parameter or a cookie the last. An empty key was not sent. */
export const apiKeyReaders: Readonly<Record<ApiKeyPlace, ReadApiKey>> = {
  cookie: ({ headers: { cookie = '' } }, name) => parseCookies(cookie)[name] || undefined,
  header: ({ raw: { rawHeaders } }, name) => {
    const wanted = name.toLowerCase()
    const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === wanted)
    return at === -1 ? undefined : rawHeaders[at + 1] || undefined
  },
  // Not request.query: what a parser of the app's own makes of a repeated name is anybody's guess.
  query: ({ url }, name) => {
    const mark = url.indexOf('?')
    return mark === -1 ? undefined : new URLSearchParams(url.slice(mark)).getAll(name).at(-1) || undefined
  }
}

/**
 * What is in the credentials of HTTP Basic, or `undefined` when they are none: base64 of ASCII with a colon in it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 */
export function readBasic (credentials: string): BasicCredentials | undefined {
  const bytes = decodeBase64(credentials)
  if (bytes === undefined || bytes.some(byte => byte > 127)) return undefined
  const text = bytes.toString('latin1')
  const colon = text.indexOf(':')
  return colon === -1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** As Python's `b64decode`: what is not in the alphabet is passed over, padding has to be there, behind it nothing counts. */
function decodeBase64 (text: string): Buffer | undefined {
  if (/[^\0-\x7f]/.test(text)) return undefined
  let digits = ''
  let padding = 0
  for (const char of text) {
    if (char === '=') {
      const used = digits.length % 4
      if (used >= 2 && used + ++padding >= 4) return Buffer.from(digits, 'base64')
    } else if (/[A-Za-z0-9+/]/.test(char)) {
      digits += char
      padding = 0
    }
  }
  return digits.length % 4 === 0 ? Buffer.from(digits, 'base64') : undefined
}
