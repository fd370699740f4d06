/**
 * The bytes of a body → what they say, as FastAPI reads them: JSON by its content type, anything else as it is.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ContentTypeParserDoneFunction } from 'fastify/types/content-type-parser.js'
import { codePoints } from '../core/schema/scalars.ts'
import { APIKIT_ERR_BODY } from './errors.ts'
import { type JsonProblem, JsonScanner } from './json-scanner.ts'

/** Containers in one another; Python gives up there as well. Each takes two characters. */
const MAX_DEPTH = 990

/** A body that is no JSON: kept in place of its value, and answered when the request is read. */
export class BrokenJson {
  readonly words: string
  /** In code points. */
  readonly at: number
  readonly text: string

  constructor (problem: JsonProblem, text: string) {
    this.words = problem.words
    this.at = codePoints(text.slice(0, problem.at))
    this.text = text
  }
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()

function decodeAs (encoding: string, bytes: Uint8Array): string {
  let decoder = decoders.get(encoding)
  if (decoder === undefined) decoders.set(encoding, decoder = new TextDecoder(encoding, { fatal: true }))
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_BODY(), { cause })
  }
}

function decodeUtf32 (bytes: Buffer, littleEndian: boolean): string {
  const points: number[] = []
  for (let at = 0; at + 4 <= bytes.length; at += 4) points.push(littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  try {
    if (bytes.length % 4 !== 0) throw new RangeError('UTF-32 comes in fours')
    let text = ''
    for (const point of points) text += String.fromCodePoint(point)
    return text.replace(/^\ufeff/, '')
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_BODY(), { cause })
  }
}

/**
 * UTF-8, UTF-16 or UTF-32, told apart by the first bytes: JSON begins with ASCII.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc4627#section-3
 */
function decode (bytes: Buffer): string {
  const [a, b, c, d] = bytes
  // The mark FF FE 00 00 is UTF-32's; UTF-16 has a character after its mark.
  if (bytes.length >= 4 && ((a === 0 && b === 0) || (b === 0 && c === 0 && d === 0) || (a === 0xff && b === 0xfe && c === 0 && d === 0))) {
    return decodeUtf32(bytes, a !== 0)
  }
  if ((a === 0xff && b === 0xfe) || b === 0) return decodeAs('utf-16le', bytes)
  if ((a === 0xfe && b === 0xff) || a === 0) return decodeAs('utf-16be', bytes)
  return decodeAs('utf-8', bytes)
}

/** Where the string that begins at `at` ends; the end of the text when it does not. */
function endOfString (text: string, at: number): number {
  let end = at
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return end
  }
}

function isDeep (text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: at = endOfString(text, at); break
      case 0x5b: case 0x7b: if (++depth > MAX_DEPTH) return true; break
      case 0x5d: case 0x7d: depth--
    }
  }
  return false
}

/** `"__proto__"` and `"constructor"`, perhaps with escapes: what the server's `onProtoPoisoning` and `onConstructorPoisoning` are about. */
const POISON = /__proto__|"constructor"|\\u00/

/** A key that JavaScript puts out of its place. */
const INTEGER_KEY = /"\d{1,10}"\s*:/
/** Characters; the scanner is far slower than `JSON.parse`, and the order of the keys of a long text no matter. */
const MAX_ORDERED = 65_536

/** Either: most texts are looked at once. */
const UNUSUAL = new RegExp(`${POISON.source}|${INTEGER_KEY.source}`)

type JsonParser<Body> = (request: FastifyRequest, body: Body, done: ContentTypeParserDoneFunction) => void

/** Reads JSON; the server's own options on poisoning hold. */
export function jsonParser (app: FastifyInstance): JsonParser<Buffer> {
  const { onProtoPoisoning, onConstructorPoisoning } = app.initialConfig as Required<FastifyInstance['initialConfig']>
  const careful = app.getDefaultJsonParser(onProtoPoisoning, onConstructorPoisoning) as JsonParser<string>

  return (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    let text: string
    try {
      text = bytes[0] !== 0 && bytes[0] !== 0xef && bytes[1] !== 0 && isUtf8(bytes) ? bytes.toString() : decode(bytes)
    } catch (error) {
      return done(error as Error)
    }
    if (text.length > 2 * MAX_DEPTH && isDeep(text)) return done(new APIKIT_ERR_BODY())
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return done(null, scan(text))
    }
    if (!UNUSUAL.test(text)) return done(null, value)
    if (!POISON.test(text)) return done(null, text.length <= MAX_ORDERED && INTEGER_KEY.test(text) ? scan(text) : value)
    careful(request, text, (error, checked) => {
      if (error === null) done(null, checked)
      else done(Object.assign(new APIKIT_ERR_BODY(), { cause: error }))
    })
  }
}

function scan (text: string): unknown {
  try {
    return new JsonScanner(text).scan()
  } catch (problem) {
    return new BrokenJson(problem as JsonProblem, text)
  }
}
