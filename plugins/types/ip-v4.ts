/**
 * Addresses of the Internet, version 4.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'

const REFUSAL = new Refusal('ip_v4_address', 'Input is not a valid IPv4 address')

// No leading zeros: some read them as octal, so that an address could mean two hosts.
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** The address that a text is, undefined when it is none. */
export function parseIPv4 (text: string): string | undefined {
  return ADDRESS.test(text) ? text : undefined
}

function ofNumber (value: number): string | Refusal {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) return REFUSAL
  return [24, 16, 8, 0].map(shift => (value >>> shift) & 0xff).join('.')
}

const codec: Codec<string> = {
  label: 'lax-or-strict[lax=function-plain[ip_v4_address_validator()],strict=json-or-python[json=function-after[IPv4Address(), str],python=is-instance[IPv4Address]]]',
  is: (value): value is string => typeof value === 'string' && ADDRESS.test(value),
  parse (input) {
    if (typeof input === 'string') return parseIPv4(input) ?? REFUSAL
    return typeof input === 'number' || typeof input === 'boolean' ? ofNumber(Number(input)) : REFUSAL
  }
}

/**
 * Declares an IPv4 address: a string, `192.0.2.1`. FastAPI's `IPv4Address`.
 *
 * Accepts four decimal numbers without leading zeros, or the address as one integer in JSON. Error: `ip_v4_address`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @example
 * ```ts
 * const Query = Type.Object({ host: IPv4() })
 * ```
 */
export function IPv4 (options?: SchemaOptions): TUnsafe<string> {
  return domain({ type: 'string', format: 'ipv4' }, options, { [kCodec]: codec })
}
