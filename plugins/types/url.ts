/**
 * Addresses of the Web.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { urlProblem } from './url-problem.ts'

const TYPE = new Refusal('url_type', 'URL input should be a string or URL')
const SCHEME = new Refusal('url_scheme', "URL scheme should be 'http' or 'https'", { expected_schemes: "'http' or 'https'" })

/** In octets, as browsers once had it. */
const MAX_HTTP_LENGTH = 2083
const TOO_LONG = new Refusal('url_too_long', `URL should have at most ${MAX_HTTP_LENGTH} characters`, { max_length: MAX_HTTP_LENGTH })

function parseUrl (text: string): URL | Refusal {
  const error = urlProblem(text)
  const url = error === undefined ? URL.parse(text) : null
  if (url !== null) return url
  const words = error ?? 'invalid international domain name'
  return new Refusal('url_parsing', `Input should be a valid URL, ${words}`, { error: words })
}

/** Stands for `^`: no character at all, so that it is in no text. */
const CARET = '\ufdd0'
const ENCODED_CARET = encodeURIComponent(CARET)

/** As Rust writes it: the URL Standard has come to encode `^` in paths, which is to be told from a `%5E` of the text. */
function serialize (url: URL, text: string): string {
  if (!text.includes('^')) return url.href
  const marked = new URL(text.replaceAll('^', CARET))
  // Before the host it has always been encoded.
  marked.username = marked.username.replaceAll(ENCODED_CARET, '%5E')
  marked.password = marked.password.replaceAll(ENCODED_CARET, '%5E')
  return marked.href.replaceAll(ENCODED_CARET, '^')
}

function codecOf (check?: { maxLength: number, schemes: ReadonlySet<string> }): Codec<string> {
  function parse (input: unknown): string | Refusal {
    if (typeof input !== 'string') return TYPE
    if (check !== undefined && input.length * 3 > check.maxLength && Buffer.byteLength(input) > check.maxLength) return TOO_LONG
    return readUrl(input)
  }
  function readUrl (text: string): string | Refusal {
    const url = parseUrl(text)
    if (url instanceof Refusal) return url
    return check !== undefined && !check.schemes.has(url.protocol) ? SCHEME : serialize(url, text)
  }
  // What was short enough may have been written out longer.
  const is = (value: unknown): value is string => typeof value === 'string' && readUrl(value) === value
  return { label: 'function-wrap[wrap_val()]', keywords: ['minLength', 'maxLength'], parse, is }
}

const anyUrl = codecOf()
const httpUrl = codecOf({ maxLength: MAX_HTTP_LENGTH, schemes: new Set(['http:', 'https:']) })

/**
 * Declares a URL of any scheme: a string, as the URL Standard writes it. FastAPI's `AnyUrl`.
 *
 * Errors: `url_type`, `url_parsing`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @example
 * ```ts
 * const Settings = Type.Object({ broker: AnyUrl() })
 * ```
 * @see https://url.spec.whatwg.org
 */
export function AnyUrl (options?: SchemaOptions): TUnsafe<string> {
  return domain({ type: 'string', format: 'uri', minLength: 1 }, options, { [kCodec]: anyUrl })
}

/**
 * Declares an http or https URL, at most 2083 octets: a string, as the URL Standard writes it. FastAPI's `HttpUrl`.
 *
 * `HTTP://EXAMPLE.com:80` is read as `http://example.com/`. Errors: `url_type`, `url_parsing`, `url_scheme`, `url_too_long`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @example
 * ```ts
 * const Image = Type.Object({ url: HttpUrl() })
 * ```
 * @see https://url.spec.whatwg.org
 */
export function HttpUrl (options?: SchemaOptions): TUnsafe<string> {
  return domain({ type: 'string', format: 'uri', minLength: 1, maxLength: MAX_HTTP_LENGTH }, options, { [kCodec]: httpUrl })
}
