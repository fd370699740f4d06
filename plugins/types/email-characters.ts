/**
 * What characters an email address may have, and how a message shows those that it may not.
 *
 * @module
 * @see https://github.com/JoshData/python-email-validator
 */

import { Refusal } from './codec.ts'

/** Why a text is no email address, in the words of python-email-validator. */
export function fault (reason: string): Refusal {
  return new Refusal('value_error', `value is not a valid email address: ${reason}`, { reason })
}

/** Names of the characters that cannot be shown; those of others are written `U+0301`. */
const NAMES = new Map<number, string>([
  [0x20, 'SPACE'], [0xa0, 'NO-BREAK SPACE'], [0xad, 'SOFT HYPHEN'], [0x300, 'COMBINING GRAVE ACCENT'], [0x301, 'COMBINING ACUTE ACCENT'],
  [0x302, 'COMBINING CIRCUMFLEX ACCENT'], [0x303, 'COMBINING TILDE'], [0x308, 'COMBINING DIAERESIS'], [0x327, 'COMBINING CEDILLA'],
  [0x338, 'COMBINING LONG SOLIDUS OVERLAY'], [0x1680, 'OGHAM SPACE MARK'], [0x180e, 'MONGOLIAN VOWEL SEPARATOR'], [0x2000, 'EN QUAD'],
  [0x2001, 'EM QUAD'], [0x2002, 'EN SPACE'], [0x2003, 'EM SPACE'], [0x2004, 'THREE-PER-EM SPACE'], [0x2005, 'FOUR-PER-EM SPACE'],
  [0x2006, 'SIX-PER-EM SPACE'], [0x2007, 'FIGURE SPACE'], [0x2008, 'PUNCTUATION SPACE'], [0x2009, 'THIN SPACE'], [0x200a, 'HAIR SPACE'],
  [0x200b, 'ZERO WIDTH SPACE'], [0x200c, 'ZERO WIDTH NON-JOINER'], [0x200d, 'ZERO WIDTH JOINER'], [0x200e, 'LEFT-TO-RIGHT MARK'],
  [0x200f, 'RIGHT-TO-LEFT MARK'], [0x2028, 'LINE SEPARATOR'], [0x2029, 'PARAGRAPH SEPARATOR'], [0x202a, 'LEFT-TO-RIGHT EMBEDDING'],
  [0x202b, 'RIGHT-TO-LEFT EMBEDDING'], [0x202c, 'POP DIRECTIONAL FORMATTING'], [0x202d, 'LEFT-TO-RIGHT OVERRIDE'],
  [0x202e, 'RIGHT-TO-LEFT OVERRIDE'], [0x202f, 'NARROW NO-BREAK SPACE'], [0x205f, 'MEDIUM MATHEMATICAL SPACE'], [0x2060, 'WORD JOINER'],
  [0x2061, 'FUNCTION APPLICATION'], [0x2062, 'INVISIBLE TIMES'], [0x2063, 'INVISIBLE SEPARATOR'], [0x2064, 'INVISIBLE PLUS'],
  [0x2066, 'LEFT-TO-RIGHT ISOLATE'], [0x2067, 'RIGHT-TO-LEFT ISOLATE'], [0x2068, 'FIRST STRONG ISOLATE'], [0x2069, 'POP DIRECTIONAL ISOLATE'],
  [0x3000, 'IDEOGRAPHIC SPACE'], [0xfeff, 'ZERO WIDTH NO-BREAK SPACE']
])

/** A character as Python's `repr` or `unicodedata.name` has it. */
export function display (char: string): string {
  if (char === '\\') return '"\\"'
  if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(char)) return char === "'" ? '"\'"' : `'${char}'`
  const code = Number(char.codePointAt(0))
  return NAMES.get(code) ?? `U+${code.toString(16).padStart(code < 0xffff ? 4 : 8, '0').toUpperCase()}`
}

function byCodePoint (a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** The characters of a text that are not allowed, each once, shown and sorted; empty when all are. */
export function badCharacters (text: string, allowed: RegExp): string {
  const bad = new Set([...text].filter(char => !allowed.test(char)).map(display))
  return [...bad].sort(byCodePoint).join(', ')
}

/** Refuses what is invisible, or would change what stands before the address. */
export function unsafe (text: string, { spaces = false } = {}): Refusal | undefined {
  const bad = new Set([...text].filter((char, index) => {
    if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(char)) return false
    if (/\p{M}/u.test(char)) return index === 0
    return !(spaces && /\p{Zs}/u.test(char))
  }))
  if (bad.size === 0) return undefined
  return fault(`The email address contains unsafe characters: ${[...bad].sort(byCodePoint).map(display).join(', ')}.`)
}

/** Refuses periods where they may not stand. */
export function misplacedDots (text: string, atStart: string, atEnd: string): Refusal | undefined {
  if (text.endsWith('.')) return fault(atEnd)
  if (text.startsWith('.')) return fault(atStart)
  return text.includes('..') ? fault('An email address cannot have two periods in a row.') : undefined
}

/** Refuses hyphens where they may not stand in a host name. */
export function misplacedHyphens (text: string): Refusal | undefined {
  if (text.endsWith('-')) return fault('An email address cannot end with a hyphen.')
  if (text.startsWith('-')) return fault('An email address cannot have a hyphen immediately after the @-sign.')
  return text.includes('.-') || text.includes('-.') ? fault('An email address cannot have a period and a hyphen next to each other.') : undefined
}

/** `(3 characters too many)` */
export function excess (over: number, noun = 'character'): string {
  return `(${over} ${noun}${over > 1 ? 's' : ''} too many)`
}

/** Python counts code points. */
export function lengthOf (text: string): number {
  return [...text].length
}
