/**
 * Why a text is no URL, in the words of Rust's `url`. Both follow the URL Standard; this one only
 * finds the part at fault, `new URL` does the parsing.
 *
 * @module
 * @see https://url.spec.whatwg.org/#concept-basic-url-parser
 */

import { domainToASCII, domainToUnicode } from 'node:url'
import { utf8 } from './calendar.ts'
import { bidiProblem, hasRightToLeft } from './idna.ts'

const NO_BASE = 'relative URL without a base'
const EMPTY_HOST = 'empty host'
const BAD_PORT = 'invalid port number'
const BAD_IPV4 = 'invalid IPv4 address'
const BAD_IPV6 = 'invalid IPv6 address'
const BAD_CHARACTER = 'invalid domain character'
const BAD_DOMAIN = 'invalid international domain name'

const SPECIAL = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:', 'file:'])

/** Where a run of characters of `set` that begins at a place ends. */
function endOf (text: string, from: number, set: string): number {
  let at = from
  while (at < text.length && set.includes(text.charAt(at))) at++
  return at
}

/** Where the first character of `set` stands, or the text ends. */
function firstOf (text: string, from: number, set: string): number {
  let at = from
  while (at < text.length && !set.includes(text.charAt(at))) at++
  return at
}

/** Splits the port off a host, past the colons of an IPv6 address. */
function splitPort (authority: string): { host: string, port: string | undefined } {
  let inBrackets = false
  for (let at = 0; at < authority.length; at++) {
    const char = authority.charAt(at)
    if (char === '[') inBrackets = true
    else if (char === ']') inBrackets = false
    else if (char === ':' && !inBrackets) return { host: authority.slice(0, at), port: authority.slice(at + 1) }
  }
  return { host: authority, port: undefined }
}

function ipv6Problem (host: string): string | undefined {
  return host.endsWith(']') && URL.canParse(`http://${host}/`) ? undefined : BAD_IPV6
}

const NOT_OPAQUE = /[\0\t\n\r #/:<>?@[\\\]^|]/

function opaqueHostProblem (host: string): string | undefined {
  if (host.startsWith('[')) return ipv6Problem(host)
  return NOT_OPAQUE.test(host) ? BAD_CHARACTER : undefined
}

/** Whether the last label of a host is a number, so that the host must be an IPv4 address. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i

function hostProblem (host: string): string | undefined {
  if (host.startsWith('[')) return ipv6Problem(host)
  const url = URL.parse(`http://${host}/`)
  if (url !== null) return isFalseName(url.hostname) ? BAD_DOMAIN : undefined
  const mapped = percentDecoded(host).replaceAll(IGNORED, '').normalize('NFKC').replaceAll('\u3002', '.')
  if (mapped === '') return EMPTY_HOST
  if (!ENDS_IN_NUMBER.test(mapped)) return BAD_DOMAIN
  // With a label that is no number after it, it can be no address, and may be a name.
  const name = URL.parse(`http://${host.replace(/(?:[.\u3002\uff0e\uff61]|%2e)$/i, '')}.x/`)?.hostname
  return name === undefined || isFalseName(name.slice(0, -2)) ? BAD_DOMAIN : BAD_IPV4
}

// UTS #46 drops them, and keeps the joiners.
const IGNORED = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/gu

/** Whether a name has a label of false Punycode, or breaks the Bidi Rule: `new URL` does not look. */
function isFalseName (ascii: string): boolean {
  if (!ascii.includes('xn--')) return false
  const labels = ascii.split('.')
  if (labels.some(isFalseLabel)) return true
  // A label in ASCII stays: a number would be read as an IPv4 address.
  const names = labels.map(label => label.startsWith('xn--') ? domainToUnicode(label) : label)
  return hasRightToLeft(names.join('')) && names.some(name => name !== '' && bidiProblem(name) !== undefined)
}

/** `xn--` before what is no Punycode, or need not have been written in it. */
function isFalseLabel (label: string): boolean {
  if (!label.startsWith('xn--')) return false
  const unicode = domainToUnicode(label)
  return unicode === label || domainToASCII(unicode) !== label
}

function percentDecoded (text: string): string {
  if (!text.includes('%')) return text
  const bytes = utf8(text).replaceAll(/%([\da-f]{2})/gi, (_escape, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function portProblem (port: string): string | undefined {
  const digits = port.replace(/^0+/, '')
  return /^\d*$/.test(port) && digits.length <= 5 && Number(digits) <= 0xffff ? undefined : BAD_PORT
}

function authorityProblem (text: string, special: boolean): string | undefined {
  const end = firstOf(text, 0, special ? '/\\?#' : '/?#')
  const authority = text.slice(0, end)
  const at = authority.lastIndexOf('@')
  const { host, port } = splitPort(authority.slice(at + 1))
  if (host === '' && (special || port !== undefined || at >= 0)) return EMPTY_HOST
  const problem = special ? hostProblem(host) : opaqueHostProblem(host)
  return problem ?? (port === undefined ? undefined : portProblem(port))
}

/** What is wrong with a text, undefined when it is a URL. */
export function urlProblem (text: string): string | undefined {
  if (text === '') return 'input is empty'
  // The standard drops blanks and control characters around, tabs and ends of lines anywhere.
  const clean = text.replace(/^[\0-\x20]+/, '').replaceAll(/[\t\n\r]/g, '')
  let last = clean.length
  while (last > 0 && clean.charCodeAt(last - 1) <= 0x20) last--
  const trimmed = clean.slice(0, last)
  const scheme = /^[a-z][a-z\d+.-]*:/i.exec(trimmed)?.[0].toLowerCase()
  if (scheme === undefined) return NO_BASE

  const rest = trimmed.slice(scheme.length)
  if (scheme === 'file:') return fileProblem(rest)
  if (SPECIAL.has(scheme)) return authorityProblem(rest.slice(endOf(rest, 0, '/\\')), true)
  return rest.startsWith('//') ? authorityProblem(rest.slice(2), false) : undefined
}

function fileProblem (rest: string): string | undefined {
  if (!/^[/\\]{2}/.test(rest)) return undefined
  const host = rest.slice(2, firstOf(rest, 2, '/\\?#'))
  // The letter of a drive; a user, or a port, is left to `URL`, for in another URL it would be right.
  return host === '' || /^[a-z]\|$/i.test(host) || /^[^[]*[@:]/.test(host) ? undefined : hostProblem(host)
}
