/**
 * Bytes in JSON strings.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { base64Problem } from './base64.ts'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'

export interface BytesOptions extends SchemaOptions {
  /** How the string contains the bytes: `utf-8` or `base64`. Default: `utf-8`. */
  encoding?: 'utf-8' | 'base64'
  /** Minimum length in bytes. */
  minLength?: number
  /** Maximum length in bytes. */
  maxLength?: number
}

const TYPE = new Refusal('bytes_type', 'Input should be a valid bytes')

function bytes (count: number): string {
  return `${count} byte${count === 1 ? '' : 's'}`
}

function codecOf ({ encoding, minLength, maxLength }: BytesOptions): Codec<Buffer> {
  const short = minLength === undefined ? undefined : new Refusal('bytes_too_short', `Data should have at least ${bytes(minLength)}`, { min_length: minLength })
  const long = maxLength === undefined ? undefined : new Refusal('bytes_too_long', `Data should have at most ${bytes(maxLength)}`, { max_length: maxLength })
  const is = (value: unknown): value is Buffer => Buffer.isBuffer(value)

  function read (text: string): Buffer | Refusal {
    if (encoding !== 'base64') return Buffer.from(text, 'utf8')
    const error = base64Problem(text)
    if (error === undefined) return Buffer.from(text, 'base64')
    return new Refusal('bytes_invalid_encoding', `Data should be valid base64: ${error}`, { encoding: 'base64', encoding_error: error })
  }

  return {
    label: 'bytes',
    keywords: ['minLength', 'maxLength'],
    is,
    parse (input) {
      if (typeof input !== 'string' && !is(input)) return TYPE
      const data = typeof input === 'string' ? read(input) : input
      if (data instanceof Refusal) return data
      if (short !== undefined && data.length < Number(minLength)) return short
      return long !== undefined && data.length > Number(maxLength) ? long : data
    },
    // Bytes that are not UTF-8 are an error of the app, not a string with other bytes.
    encode: data => encoding === 'base64' ? base64(data) : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  }
}

function base64 (data: Buffer): string {
  // The alphabet for URLs, padded, as pydantic writes it.
  return data.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/**
 * Declares bytes: a `Buffer` in the handler, a string on the wire, as UTF-8 or base64. FastAPI's `bytes`.
 *
 * Base64 is accepted in both alphabets, with or without padding, and written in the alphabet for URLs. Errors: `bytes_type`,
 * `bytes_invalid_encoding`, `bytes_too_short`, `bytes_too_long`.
 *
 * @param options `encoding`, `minLength` and `maxLength` in bytes, and the options of all schemas.
 * @throws TypeError when bytes that are not UTF-8 are written without `encoding: 'base64'`.
 * @example
 * ```ts
 * const Body = Type.Object({ data: Bytes({ encoding: 'base64', maxLength: 1024 }) })
 * ```
 */
export function Bytes (options: BytesOptions = {}): TUnsafe<Buffer> {
  const { encoding, ...rest } = options
  const base64 = encoding === 'base64' ? { contentEncoding: 'base64' } : {}
  return domain({ type: 'string', ...base64, contentMediaType: 'application/octet-stream' }, rest, { [kCodec]: codecOf(options) })
}
