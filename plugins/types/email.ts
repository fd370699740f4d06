/**
 * Email addresses.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { strip, words } from './blanks.ts'
import { domain } from './domain.ts'
import { badCharacters, excess, fault, lengthOf, misplacedDots, unsafe } from './email-characters.ts'
import { type Domain, literalFault, parseDomain, undeliverable } from './email-domain.ts'
import { type Address, split } from './email-split.ts'
import { type LengthOptions, missedLength } from './length.ts'

const TYPE = new Refusal('string_type', 'Input should be a valid string')

/** Longer ones are not looked at. */
const MAX_INPUT = 2048

// RFC 5321 4.5.3.1.3, in octets.
const MAX_ADDRESS = 254

// RFC 5322 3.2.3, and with the characters of RFC 6531 3.3.
const DOT_ATOM = /^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*$/
const DOT_ATOM_INTL = /^[\w!#$%&'*+\-/=?^`{|}~\u{80}-\u{10ffff}]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u{80}-\u{10ffff}]+)*$/u
const ATOM_OR_DOT_INTL = /[\w!#$%&'*+\-/=?^`{|}~.\u{80}-\u{10ffff}]/u
const QUOTED_INTL = /[\x20-\x7e\u{80}-\u{10ffff}]/u

// RFC 2142: these are the same in upper and lower case.
const ROLES = new Set(['info', 'marketing', 'sales', 'support', 'abuse', 'noc', 'security',
  'postmaster', 'hostmaster', 'usenet', 'news', 'webmaster', 'www', 'uucp', 'ftp'])

function localFault (local: string, quoted: boolean): Refusal | undefined {
  if (local === '') return fault('There must be something before the @-sign.')
  if (DOT_ATOM.test(local)) return undefined
  if (DOT_ATOM_INTL.test(local)) return unsafe(local)
  if (quoted) {
    const bad = badCharacters(local, QUOTED_INTL)
    return bad === '' ? unsafe(local, { spaces: true }) : fault(`The email address contains invalid characters in quotes before the @-sign: ${bad}.`)
  }
  const bad = badCharacters(local, ATOM_OR_DOT_INTL)
  if (bad !== '') return fault(`The email address contains invalid characters before the @-sign: ${bad}.`)
  return misplacedDots(local, 'An email address cannot start with a period.', 'An email address cannot have a period immediately before the @-sign.')
}

/** Takes a local part in quotes apart only to say why it is not taken: quotes are not allowed. */
function parseLocal ({ unquoted, quoted }: Address): string | Refusal {
  const first = localFault(unquoted, quoted)
  if (first !== undefined) return first
  const normal = unquoted.normalize('NFC')
  const second = normal === unquoted ? undefined : localFault(normal, quoted)
  if (second !== undefined) return fault(`After Unicode normalization: ${String(second.ctx?.reason)}`)
  if (quoted) return fault('Quoting the part before the @-sign is not allowed here.')
  return ROLES.has(normal.toLowerCase()) ? normal.toLowerCase() : normal
}

function octets (text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

function tooLong (original: string, local: string, { ascii, unicode }: Domain): Refusal | undefined {
  const over = octets(original) - MAX_ADDRESS
  if (over > 0) {
    const widest = Math.max(...[...original].map(octets))
    const least = Math.max(1, Math.floor(over / widest))
    const range = octets(original) === lengthOf(original) || least === over ? excess(over) : excess(over).replace('(', `(${least}-`)
    return fault(`The email address is too long ${range}.`)
  }
  for (const [host, when] of [[unicode, 'after normalization'], [ascii, 'when the part after the @-sign is converted to IDNA ASCII']] as const) {
    const more = octets(`${local}@${host}`) - MAX_ADDRESS
    if (more > 0) return fault(`The email address is too long ${when} ${excess(more, 'byte')}.`)
  }
  return undefined
}

function parseAddress (text: string): string | Refusal {
  const address = split(text)
  if (address instanceof Refusal) return address
  const local = parseLocal(address)
  if (local instanceof Refusal) return local
  if (address.domain === '') return fault('There must be something after the @-sign.')
  if (address.domain.startsWith('[') && address.domain.endsWith(']')) return literalFault(address.domain.slice(1, -1))
  const host = parseDomain(address.domain)
  if (host instanceof Refusal) return host
  const long = tooLong(`${address.local}@${address.domain}`, local, host)
  if (long !== undefined) return long
  if (address.named) return fault('A display name and angle brackets around the email address are not permitted here.')
  return `${local}@${host.unicode}`
}

const WORD = /^[\p{L}\p{N}_!#$%&'*+\-/=?^`{|}~]+$/u

/** The address in `Name <address>` or `"Name" <address>`; any other text as it is. */
function addressIn (text: string): string {
  const trimmed = strip(text)
  if (!trimmed.endsWith('>')) return trimmed
  const quotedEnd = trimmed.startsWith('"') ? lastQuoteBefore(trimmed) : -1
  const open = trimmed.indexOf('<', quotedEnd + 1)
  const name = strip(trimmed.slice(0, open))
  const address = trimmed.slice(open + 1, -1)
  const named = quotedEnd > 1 || name === '' || words(name).every(word => WORD.test(word))
  return open >= 0 && named && address !== '' ? strip(address) : trimmed
}

/** Where the last `"` stands that has nothing but blanks between it and a `<`. */
function lastQuoteBefore (text: string): number {
  for (let open = text.lastIndexOf('<'); open > 0; open = text.lastIndexOf('<', open - 1)) {
    const before = strip('|' + text.slice(0, open)).slice(1)
    if (before.endsWith('"') && before.length > 2) return before.length - 1
  }
  return -1
}

/** Most addresses. Short enough to be within every limit, and to be tried in no time. */
const COMMON = /^([\w+-]+(?:\.[\w+-]+)*)@([a-z\d]+(?:\.[a-z\d]+)*\.[a-z]+)$/i
const SHORT = 64
const BREAK = /[\r\n]/

function parse (input: unknown): string | Refusal {
  if (typeof input !== 'string') return TYPE
  const common = input.length <= SHORT ? COMMON.exec(input) : null
  if (common !== null) {
    const [, local = '', host = ''] = common
    const ascii = host.toLowerCase()
    return undeliverable(ascii) ?? `${ROLES.has(local.toLowerCase()) ? local.toLowerCase() : local}@${ascii}`
  }
  if (input.length > MAX_INPUT && lengthOf(input) > MAX_INPUT) return fault(`Length must not exceed ${MAX_INPUT} characters`)
  if (BREAK.test(input)) return fault('Carriage return and line feed characters are not allowed')
  return parseAddress(addressIn(input))
}

export interface EmailOptions extends SchemaOptions, LengthOptions {}

const codec: Codec<string> = {
  label: 'function-after[_validate(), str]',
  keywords: ['minLength', 'maxLength'],
  exact: true,
  is: (value): value is string => typeof value === 'string' && parse(value) === value,
  parse
}

/** The address is measured as it is kept, and so after it was read. */
function codecOf (bounds: EmailOptions): Codec<string> {
  if (bounds.minLength === undefined && bounds.maxLength === undefined) return codec
  const bounded = (input: unknown): string | Refusal => {
    const address = parse(input)
    return address instanceof Refusal ? address : missedLength(address, bounds) ?? address
  }
  return { ...codec, is: (value): value is string => typeof value === 'string' && bounded(value) === value, parse: bounded }
}

/**
 * An email address: a string, as python-email-validator normalizes it. FastAPI's `EmailStr`.
 *
 * The domain is in lower case and in Unicode; of `John <a@b.co>` only the address is kept. Whether anybody
 * reads mail there is not looked up. Addresses with quotes, or with a number in brackets for a domain, are refused.
 *
 * What is none is a `value_error`, with the reason in its context, or a `string_type`; a length out of bounds, of the
 * address as it is kept, is a `too_short` or a `too_long`.
 *
 * @param options `minLength` and `maxLength` in code points, and those of every schema: `title`, `default`, `alias` …
 * @example
 * ```ts
 * const User = Type.Object({ email: Email({ maxLength: 255 }) })
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc5322#section-3.4
 */
export function Email (options: EmailOptions = {}): TUnsafe<string> {
  return domain({ type: 'string', format: 'email' }, options, { [kCodec]: codecOf(options) })
}
