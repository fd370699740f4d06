/**
 * Reads the credentials of a request as FastAPI does.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { strip } from '../types/blanks.ts'
import { parseCookies } from '../core/http/cookie-text.ts'

/** The two parts of an `Authorization` header. */
export interface HttpCredentials {
  /** The scheme as it was sent: `Bearer`, `bearer`. */
  readonly scheme: string
  readonly credentials: string
}

/** The credentials of HTTP Basic. */
export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

/** Returns the whole `Authorization` header. An empty one counts as missing. */
export function authorizationOf ({ headers: { authorization } }: FastifyRequest): string | undefined {
  return authorization === '' ? undefined : authorization
}

/** Returns the two parts of the header. The second may be empty. */
export function httpCredentialsOf (request: FastifyRequest): HttpCredentials | undefined {
  const header = authorizationOf(request)
  if (header === undefined) return undefined
  const blank = header.indexOf(' ')
  return blank === -1 ? { scheme: header, credentials: '' } : { scheme: header.slice(0, blank), credentials: strip(header.slice(blank)) }
}

/** Returns the text after `Bearer`, in any case. It may be empty. */
export function bearerTokenOf (request: FastifyRequest): string | undefined {
  const found = httpCredentialsOf(request)
  return found?.scheme.toLowerCase() === 'bearer' ? found.credentials : undefined
}

/** Places of an API key. */
export type ApiKeyPlace = 'cookie' | 'header' | 'query'

type ReadApiKey = (request: FastifyRequest, name: string) => string | undefined

/** Readers of API keys. Of a repeated header the first counts, of a parameter or cookie the last. An empty key counts as missing. */
export const apiKeyReaders: Readonly<Record<ApiKeyPlace, ReadApiKey>> = {
  cookie: ({ headers: { cookie = '' } }, name) => parseCookies(cookie)[name] || undefined,
  header: ({ raw: { rawHeaders } }, name) => {
    const wanted = name.toLowerCase()
    const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === wanted)
    return at === -1 ? undefined : rawHeaders[at + 1] || undefined
  },
  // Not request.query: the app's own query parser may treat a repeated name in any way.
  query: ({ url }, name) => {
    const mark = url.indexOf('?')
    return mark === -1 ? undefined : new URLSearchParams(url.slice(mark)).getAll(name).at(-1) || undefined
  }
}

/**
 * Returns the decoded credentials of HTTP Basic, or `undefined` unless they are base64 of ASCII with a colon.
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

/** Decodes base64 as Python's `b64decode`: skips characters outside the alphabet, requires padding, ignores what follows it. */
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
