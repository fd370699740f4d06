/**
 * The part of an email address after the @.
 *
 * @module
 * @see https://github.com/JoshData/python-email-validator
 */

import { Refusal } from './codec.ts'
import { badCharacters, excess, fault, lengthOf, misplacedDots, misplacedHyphens, unsafe } from './email-characters.ts'
import { bidiProblem, hasRightToLeft, labelProblem } from './idna.ts'
import { ipv4Problem, ipv6Problem } from './ip-problem.ts'
import { fromPunycode, toPunycode } from './punycode.ts'

// RFC 1035 2.3.4 and 2.3.1, in octets.
const MAX_DOMAIN = 253
const MAX_LABEL = 63

const HOST_CHARACTERS = /[a-zA-Z0-9\-.\u{80}-\u{10ffff}]/u

/** https://www.iana.org/assignments/special-use-domain-names/ */
const SPECIAL_USE = ['arpa', 'invalid', 'local', 'localhost', 'onion', 'test']

export interface Domain {
  readonly ascii: string
  /** For people: with the characters that `xn--` stands for. */
  readonly unicode: string
}

/** Characters that UTS #46 takes although they are invisible, or spaces, or end in a period. */
const TAKEN = /[\xad\u200b-\u200d\u2010-\u2023\u2027\u202f-\u2060\u2064\uff0e\u{1bca0}-\u{1bca3}]/u
const NOT_TAKEN = /[\x80-\x9f\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zs}\p{Zl}\p{Zp}]/u

function notMapped (domain: string): string {
  const bad = [...domain].filter(char => char > '\x7f' && !TAKEN.test(char) && (NOT_TAKEN.test(char) || char.normalize('NFKD').includes('.')))
  return badCharacters(bad.join(''), /^$/)
}

// The iota below a Greek vowel, which becomes a letter after it, and old forms of Cyrillic letters.
const FOLDED_BY_CAPITAL = /[\u0345\u1c80-\u1c88\u1f80-\u1faf\u1fb2-\u1fb4\u1fb7\u1fbc\u1fc2-\u1fc4\u1fc7\u1fcc\u1ff2-\u1ff4\u1ff7\u1ffc]/

/** One character, its case folded; of a whole word the last sigma would be another one. */
function folded (char: string): string {
  if (/\p{Script=Cherokee}/u.test(char)) return char.toUpperCase()
  if (char === '\u03c2') return '\u03c3'
  return (FOLDED_BY_CAPITAL.test(char) ? char.toUpperCase() : char).toLowerCase()
}

/** The mapping of UTS #46: lower case, compatible characters as one, all kinds of periods as `.`. */
function mapped (domain: string): string {
  const chars = [...domain].map(char => {
    if (/(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u.test(char)) return ''
    return char === '\u03c2' ? char : [...char.normalize('NFKC')].map(folded).join('').normalize('NFKC')
  })
  return chars.join('').replaceAll('\u3002', '.').normalize('NFC')
}

const ASCII = /^[\0-\x7f]*$/

function toAscii (domain: string): string | Refusal {
  if (ASCII.test(domain)) return domain
  const labels: string[] = []
  for (const label of domain.split('.')) {
    const problem = ASCII.test(label) ? punycodeProblem(label) : labelProblem(label)
    if (problem !== undefined) return fault(`The part after the @-sign is invalid (${problem}).`)
    const ascii = ASCII.test(label) ? label : `xn--${toPunycode(label)}`
    if (ascii.length > MAX_LABEL) return fault('The part after the @-sign is invalid (Label too long).')
    labels.push(ascii)
  }
  return labels.join('.')
}

/** What is wrong with a label in ASCII, if it is the Punycode of another one. */
function punycodeProblem (label: string): string | undefined {
  if (!label.startsWith('xn--')) return undefined
  const unicode = fromPunycode(label.slice(4))
  if (unicode === undefined) return 'Invalid A-label'
  // Two spellings of one name would be two addresses that look alike.
  return toPunycode(unicode) === label.slice(4) ? labelProblem(unicode) : 'A-label is not the canonical Punycode encoding of its U-label'
}

function toUnicode (domain: string): string | Refusal {
  const labels = domain.split('.')
  const names = labels.map(label => label.startsWith('xn--') ? String(fromPunycode(label.slice(4))) : label)
  const bidi = hasRightToLeft(names.join('')) ? bidiProblem : () => undefined
  for (const problem of [...labels.map(punycodeProblem), ...names.map(bidi)]) {
    if (problem !== undefined) return fault(`The part after the @-sign is not valid IDNA (${problem}).`)
  }
  return names.join('.')
}

function lengthFault (ascii: string): Refusal | undefined {
  const over = ascii.length - MAX_DOMAIN
  if (over > 0) return fault(`The email address is too long after the @-sign ${excess(over, 'byte').replace(')', ' after IDNA encoding)')}.`)
  const long = ascii.split('.').find(label => label.length > MAX_LABEL)
  return long === undefined
    ? undefined
    : fault(`After the @-sign, periods cannot be separated by so many characters ${excess(long.length - MAX_LABEL)}.`)
}

/** Refuses names that no mail of the Internet can go to. */
export function undeliverable (ascii: string): Refusal | undefined {
  if (!ascii.includes('.')) return fault('The part after the @-sign is not valid. It should have a period.')
  if (!/[A-Za-z]$/.test(ascii)) return fault('The part after the @-sign is not valid. It is not within a valid top-level domain.')
  return SPECIAL_USE.some(name => ascii === name || ascii.endsWith('.' + name))
    ? fault('The part after the @-sign is a special-use or reserved name that cannot be used with email.')
    : undefined
}

function invalidCharacters (domain: string): Refusal | undefined {
  const bad = badCharacters(domain, HOST_CHARACTERS)
  if (bad !== '') return fault(`The part after the @-sign contains invalid characters: ${bad}.`)
  const notSafe = unsafe(domain)
  if (notSafe !== undefined) return notSafe
  const unmapped = notMapped(domain)
  return unmapped === '' ? undefined : fault(`The part after the @-sign contains invalid characters: ${unmapped}.`)
}

function misshapen (domain: string): Refusal | undefined {
  const bad = badCharacters(domain, HOST_CHARACTERS)
  if (bad !== '') return fault(`The part after the @-sign contains invalid characters after Unicode normalization: ${bad}.`)
  const dots = misplacedDots(domain, 'An email address cannot have a period immediately after the @-sign.', 'An email address cannot end with a period.')
  const misplaced = dots ?? misplacedHyphens(domain)
  if (misplaced !== undefined) return misplaced
  return domain.split('.').some(label => /^(?!xn)..--/iu.test(label))
    ? fault('An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode.')
    : undefined
}

/** Checks a domain name and gives it in its two forms, in lower case. */
export function parseDomain (original: string): Domain | Refusal {
  const over = lengthOf(original) - MAX_DOMAIN
  if (over > 0) return fault(`The email address is too long after the @-sign ${excess(over)}.`)
  const invalid = invalidCharacters(original)
  if (invalid !== undefined) return invalid
  const domain = mapped(original)
  const shape = misshapen(domain)
  if (shape !== undefined) return shape

  const ascii = toAscii(domain)
  if (ascii instanceof Refusal) return ascii
  const refusal = lengthFault(ascii) ?? undeliverable(ascii)
  if (refusal !== undefined) return refusal
  const unicode = ascii.includes('xn--') ? toUnicode(ascii) : ascii
  return unicode instanceof Refusal ? unicode : { ascii, unicode }
}

/** Says why an address in brackets is not taken: none is, but the reason comes first. */
export function literalFault (literal: string): Refusal {
  if (/^[0-9.]+$/.test(literal)) {
    const problem = ipv4Problem(literal)
    if (problem !== undefined) {
      return fault(`The address in brackets after the @-sign is not valid: It is not an IPv4 address (${problem}) or is missing an address literal tag.`)
    }
  } else if (/^ipv6:/i.test(literal)) {
    const problem = ipv6Problem(literal.slice(5))
    if (problem !== undefined) return fault(`The IPv6 address in brackets after the @-sign is not valid (${problem}).`)
  } else if (!literal.includes(':')) {
    return fault('The part after the @-sign in brackets is not an IPv4 address and has no address literal tag.')
  } else {
    const bad = badCharacters(literal, /[\u0021-\u00fa]/)
    return fault(bad === ''
      ? 'The part after the @-sign contains an invalid address literal tag in brackets.'
      : `The part after the @-sign contains invalid characters in brackets: ${bad}.`)
  }
  return fault('A bracketed IP address after the @-sign is not allowed here.')
}
