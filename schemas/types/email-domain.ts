/**
 * The part of an email address after the @.
 *
 * @module
 * @see https://github.com/JoshData/python-email-validator
 */

import { domainToASCII, domainToUnicode } from 'node:url'
import { Refusal } from './codec.ts'
import { badCharacters, excess, fault, lengthOf, misplacedDots, unsafe } from './email-characters.ts'
import { bidiProblem, hasRightToLeft, labelProblem } from './idna.ts'
import { parseIPv4 } from './ip-v4.ts'

// RFC 1035 2.3.4 and 2.3.1, in octets.
const MAX_DOMAIN = 253
const MAX_LABEL = 63

const HOST_CHARACTERS = /[a-zA-Z0-9\-.\u{80}-\u{10ffff}]/u
const HOST = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/

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

/** The mapping of UTS #46: lower case, compatible characters as one, all kinds of periods as `.`. */
function mapped (domain: string): string {
  const chars = [...domain].map(char => {
    if (/(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u.test(char)) return ''
    // One character at a time: the last sigma of a word would be another one.
    return [...char.normalize('NFKC')].map(part => part.toLowerCase()).join('').normalize('NFKC')
  })
  return chars.join('').replaceAll('\u3002', '.').normalize('NFC')
}

const ASCII = /^[\0-\x7f]*$/

function toAscii (domain: string): string | Refusal {
  if (ASCII.test(domain)) return domain
  const labels: string[] = []
  for (const label of domain.split('.')) {
    const problem = ASCII.test(label) ? undefined : labelProblem(label)
    if (problem !== undefined) return fault(`The part after the @-sign is invalid (${problem}).`)
    const ascii = ASCII.test(label) ? label : domainToASCII(label)
    // Characters that this runtime's Unicode does not know as Python's does.
    if (ascii === '') return fault(`The part after the @-sign is invalid (Codepoint not allowed in '${label}').`)
    if (ascii.length > MAX_LABEL) return fault('The part after the @-sign is invalid (Label too long).')
    labels.push(ascii)
  }
  return labels.join('.')
}

function toUnicode (domain: string): string | Refusal {
  const labels: string[] = []
  for (const label of domain.split('.')) {
    const unicode = label.startsWith('xn--') ? domainToUnicode(label) : label
    const problem = !label.startsWith('xn--') ? undefined : unicode === '' || unicode === label ? 'Invalid A-label' : labelProblem(unicode)
    if (problem !== undefined) return fault(`The part after the @-sign is not valid IDNA (${problem}).`)
    labels.push(unicode)
  }
  const bidi = hasRightToLeft(labels.join('.')) ? labels.map(bidiProblem).find(problem => problem !== undefined) : undefined
  if (bidi !== undefined) return fault(`The part after the @-sign is not valid IDNA (${bidi}).`)
  return labels.join('.')
}

function lengthFault (ascii: string, original: string): Refusal | undefined {
  if (ascii.length > MAX_DOMAIN) {
    const over = ascii.length - MAX_DOMAIN
    const how = ascii === original ? excess(over) : excess(over, 'byte').replace('too many', 'too many after IDNA encoding')
    return fault(`The email address is too long after the @-sign ${how}.`)
  }
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
  const dots = misplacedDots(domain, 'An email address cannot have a {} immediately after the @-sign.', 'An email address cannot end with a {}.', { host: true })
  if (dots !== undefined) return dots
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
  if (!HOST.test(ascii)) return fault('The email address contains invalid characters after the @-sign after IDNA encoding.')
  const refusal = lengthFault(ascii, original) ?? undeliverable(ascii)
  if (refusal !== undefined) return refusal
  const unicode = ascii.includes('xn--') ? toUnicode(ascii) : ascii
  return unicode instanceof Refusal ? unicode : { ascii, unicode }
}

/** Says why an address in brackets is not taken: none is, but the reason comes first. */
export function literalFault (literal: string): Refusal {
  if (/^[0-9.]+$/.test(literal)) {
    const problem = parseIPv4(literal) === undefined ? ipProblem(literal) : undefined
    if (problem !== undefined) {
      return fault(`The address in brackets after the @-sign is not valid: It is not an IPv4 address (${problem}) or is missing an address literal tag.`)
    }
  } else if (/^ipv6:/i.test(literal)) {
    if (!URL.canParse(`http://[${literal.slice(5)}]/`)) return fault('The IPv6 address in brackets after the @-sign is not valid.')
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

/** In the words of Python's `ipaddress`. */
function ipProblem (text: string): string {
  const octets = text.split('.')
  if (octets.length !== 4) return `Expected 4 octets in '${text}'`
  for (const octet of octets) {
    if (octet === '') return `Empty octet not permitted in '${text}'`
    if (octet.length > 3) return `At most 3 characters permitted in '${octet}' in '${text}'`
    if (octet !== '0' && octet.startsWith('0')) return `Leading zeros are not permitted in '${octet}' in '${text}'`
    if (Number(octet) > 255) return `Octet ${Number(octet)} (> 255) not permitted in '${text}'`
  }
  return `Expected 4 octets in '${text}'`
}
