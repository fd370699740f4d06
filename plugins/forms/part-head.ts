/**
 * What a part of a multipart form says about itself, read by python-multipart's rules.
 *
 * @module
 * @see https://datatracker.ietf.org/doc/html/rfc7578#section-4.2
 */

import { isUtf8 } from 'node:buffer'
import { APIKIT_ERR_FORM } from './errors.ts'
import { malformed } from './malformed.ts'

/** Headers by name in lower case, each with its values, in Latin-1 as they came. */
export type PartHeaders = Readonly<Record<string, readonly string[]>>

export interface PartHead {
  readonly name: string
  /** `undefined` for a part that is no file. */
  readonly filename: string | undefined
  /** A file input in which nothing was selected is sent with an empty name. */
  readonly isNameless: boolean
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
}

export interface FileHead extends PartHead {
  readonly filename: string
}

export function isFile (head: PartHead): head is FileHead {
  return head.filename !== undefined
}

/** Headers of one part, and their characters. Beyond twice of that the parser would cut them without a word. */
export const MOST_HEADERS = { count: 32, size: 16 * 1024 }

/** @throws APIKIT_ERR_FORM */
export function headOf (received: PartHeaders): PartHead {
  const entries = Object.entries(received)
  const values = entries.flatMap(([, values]) => values)
  const size = entries.reduce((size, [name, values]) => size + (name.length * values.length), values.join('').length)
  // Without headers: the parser has dropped the block, because its first line is no header.
  if (values.length === 0 || values.length > MOST_HEADERS.count || size > MOST_HEADERS.size) throw malformed()

  const headers = Object.fromEntries(entries.map(([name, values]) => [name, String(values.at(-1)).trimStart()]))
  const parameters = parametersOf(headers['content-disposition'] ?? '')
  const name = parameters.get('name')
  if (name === undefined) throw new APIKIT_ERR_FORM('The Content-Disposition header field "name" must be provided.')
  const filename = parameters.get('filename')
  return {
    name: decodeText(Buffer.from(name, 'latin1')),
    filename: filename === undefined ? undefined : lastOf(decodeText(Buffer.from(filename, 'latin1'))),
    isNameless: filename === '',
    contentType: headers['content-type'] ?? '',
    headers
  }
}

/** UTF-8, or else Latin-1, in which every byte is a character. */
export function decodeText (bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
}

/** A path of the client's is no path here. */
function lastOf (path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  return name === '.' || name === '..' ? '' : name
}

/**
 * The parameters of a header by name in lower case; of repeated ones the last counts. RFC 7578 forbids the extended
 * syntax, `filename*=`: it is passed over.
 */
export function parametersOf (header: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const segment of segmentsOf(header).slice(1)) {
    const equals = segment.indexOf('=')
    const name = (equals < 0 ? segment : segment.slice(0, equals)).trim().toLowerCase()
    const value = equals < 0 ? '' : segment.slice(equals + 1).trim()
    if (!name.includes('*')) parameters.set(name, unquoted(value))
  }
  return parameters
}

/** What stands between semicolons; one in quotes does not count. */
function segmentsOf (header: string): string[] {
  const segments: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < header.length; at++) {
    if (header[at] === '"' && header[at - 1] !== '\\') isQuoted = !isQuoted
    else if (header[at] === ';' && !isQuoted) {
      segments.push(header.slice(start, at))
      start = at + 1
    }
  }
  return [...segments, header.slice(start)]
}

function unquoted (value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value
  return value.slice(1, -1).replaceAll('\\\\', '\\').replaceAll('\\"', '"')
}
