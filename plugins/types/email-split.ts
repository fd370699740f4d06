/**
 * Takes an email address apart: `name <local@domain>`, with quotes.
 *
 * @module
 * @see https://github.com/JoshData/python-email-validator
 */

import { Refusal } from './codec.ts'
import { badCharacters, display, fault, unsafe } from './email-characters.ts'

export interface Address {
  /** As it was written. */
  readonly local: string
  /** Without its quotes and escapes. */
  readonly unquoted: string
  readonly quoted: boolean
  readonly domain: string
  /** Whether there were angle brackets around it. */
  readonly named: boolean
}

/** Whether a character melts with those after it, and so is not what it seems: `<` and U+0338 are ≮. */
function melts (chars: readonly string[], at: number): boolean {
  const [char = '', next = ''] = chars.slice(at, at + 2)
  if (char < '\x80' && next < '\x80') return false
  return !chars.slice(at, at + 32).join('').normalize('NFC').startsWith(char)
}

/** Splits before the first of the special characters that stands outside quotes. */
function splitBefore (text: string, specials: string): readonly [string, string] | Refusal {
  const chars = [...text]
  let inQuotes = false
  let escaped = false
  for (const [at, char] of chars.entries()) {
    if (melts(chars, at)) continue
    if (inQuotes) {
      if (char === '"' && !escaped) inQuotes = false
      escaped = char === '\\' && !escaped
    } else if (char === '"') {
      inQuotes = true
    } else if (specials.includes(char)) {
      return [chars.slice(0, at).join(''), chars.slice(at).join('')]
    }
  }
  if (text.includes('＠')) return fault('The email address has the "full-width" at-sign (@) character instead of a regular at-sign.')
  if (text.includes('﹫')) return fault('The email address has the "small commercial at" character instead of a regular at-sign.')
  return fault('An email address must have an @-sign.')
}

const QUOTED = /^"((?:[^"\\]|\\.)*)"(.*)$/s

function unquote (text: string): { value: string, quoted: boolean } | Refusal {
  const match = QUOTED.exec(text)
  if (match === null) return { value: text, quoted: false }
  const [, inner = '', extra = ''] = match
  if (extra !== '') return fault(`Extra character(s) found after close quote: ${[...extra].map(display).join(', ')}`)
  return { value: inner.replaceAll(/\\(.)/gs, '$1'), quoted: true }
}

const NAME_CHARACTERS = /[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~ ]/

function nameFault (text: string): Refusal | undefined {
  const name = unquote(text.trimEnd())
  if (name instanceof Refusal) return name
  const bad = name.quoted ? '' : badCharacters(name.value, NAME_CHARACTERS)
  if (bad !== '') return fault(`The display name contains invalid characters when not quoted: ${bad}.`)
  return unsafe(name.value, { spaces: true })
}

/** What stands between the angle brackets at the end of a text. */
function bracketed (text: string): string | Refusal {
  if (!text.includes('>')) return fault('An open angle bracket at the start of the email address has to be followed by a close angle bracket at the end.')
  const trimmed = text.replace(/^(.*>) *$/s, '$1')
  return trimmed.endsWith('>') ? trimmed.slice(1, -1) : fault("There can't be anything after the email address.")
}

export function split (email: string): Address | Refusal {
  let parts = splitBefore(email, '@<')
  if (parts instanceof Refusal) return parts
  const named = parts[1].startsWith('<')
  if (named) {
    const address = nameFault(parts[0]) ?? bracketed(parts[1])
    if (address instanceof Refusal) return address
    parts = splitBefore(address, '@')
    if (parts instanceof Refusal) return parts
  }
  const [local, right] = parts
  const unquoted = unquote(local)
  if (unquoted instanceof Refusal) return unquoted
  return { local, unquoted: unquoted.value, quoted: unquoted.quoted, domain: right.replace(/^@/, ''), named }
}
