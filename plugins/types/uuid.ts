/**
 * Universally unique identifiers.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { utf8 } from './calendar.ts'

const TYPE = new Refusal('uuid_type', 'UUID input should be a string, bytes or UUID object')

function parsing (error: string): Refusal {
  return new Refusal('uuid_parsing', `Input should be a valid UUID, ${error}`, { error })
}

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const SIMPLE = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i

const GROUPS = [8, 4, 4, 4, 12] as const

/** The `urn:uuid:` or `{` `}` around a UUID, taken off. */
function unwrap (text: string): { text: string, offset: number, simple: boolean } {
  if (text.startsWith('{') && text.endsWith('}') && text.length > 1) return { text: text.slice(1, -1), offset: 1, simple: false }
  if (text.startsWith('urn:uuid:')) return { text: text.slice(9), offset: 9, simple: false }
  return { text, offset: 0, simple: true }
}

/** Without making them: there may be a million. */
function countGroups (text: string): number {
  let count = 1
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 45) count++
  return count
}

/** UTF-8 bytes of `urn:uuid:` and a UUID. */
const LONGEST = 45

/** The first character that is no digit. Rust's crate looks at the lowest byte of each: that of U+0663 is a `c`. */
function badCharacter (text: string): RegExpMatchArray | undefined {
  return [...text.matchAll(/[^0-9a-f-]/giu)].find(([character]) => !/[0-9a-f-]/i.test(String.fromCharCode(Number(character.codePointAt(0)) & 0xff)))
}

/** What is wrong, in the words of Rust's `uuid`: a text too long for any form, characters, the number of groups, their lengths. */
function problem (input: string): string {
  const size = Buffer.byteLength(input)
  if (size > LONGEST) return `invalid length: found ${size}`
  const { text, offset, simple } = unwrap(input)
  // The original counts from within the wrapping when what is in it has the right length.
  if (!simple && utf8(text).length === 36) return problem(text)
  const bad = badCharacter(text)
  if (bad !== undefined) return `invalid character: found \`${bad[0]}\` at ${offset + utf8(text.slice(0, bad.index)).length}`
  const count = countGroups(text)
  if (count === 1 && simple) return `invalid length: found ${size}`
  if (count !== 5) return `invalid group count: expected 5, found ${count}`
  const groups = text.split('-')
  const wrong = groups.slice(0, 4).findIndex((group, index) => group.length !== GROUPS[index])
  const group = wrong < 0 ? 4 : wrong
  // The last group is measured to the end of the whole input.
  const length = group < 4 ? groups[group]?.length : input.length - 24
  return `invalid group length in group ${group}: expected ${GROUPS[group]}, found ${length}`
}

function parseText (input: string): string | Refusal {
  const { text } = unwrap(input)
  if (text.length === 36 && HYPHENATED.test(text)) return text.toLowerCase()
  const simple = SIMPLE.exec(input)
  return simple === null ? parsing(problem(input)) : simple.slice(1).join('-').toLowerCase()
}

function is (value: unknown): value is string {
  return typeof value === 'string' && value.length === 36 && CANONICAL.test(value)
}

const codec: Codec<string> = {
  label: 'uuid',
  is,
  parse: input => is(input) ? input : typeof input === 'string' ? parseText(input) : TYPE
}

/**
 * Declares a UUID: a string in the handler, in lower case with hyphens. FastAPI's `UUID`.
 *
 * Accepts the hyphenated form, 32 hexadecimal digits, `{…}` and `urn:uuid:…`, of any version. Errors: `uuid_type`, `uuid_parsing`.
 *
 * @param options Options of the schema: `title`, `description`, `default`, `alias` …
 * @example
 * ```ts
 * const Params = Type.Object({ item_id: Uuid() })
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc9562
 */
export function Uuid (options?: SchemaOptions): TUnsafe<string> {
  return domain({ type: 'string', format: 'uuid' }, options, { [kCodec]: codec })
}
