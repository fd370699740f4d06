/**
 * Decodes the bytes of a JSON body.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer'
import { APIKIT_ERR_BODY } from './errors.ts'

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
 * Detects UTF-8, UTF-16 or UTF-32 by the first bytes: JSON begins with ASCII.
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

/**
 * Returns the text of a non-empty body.
 *
 * @throws APIKIT_ERR_BODY when the bytes are invalid in the detected encoding
 */
export function textOf (bytes: Buffer): string {
  // ASCII first, as nearly always: UTF-8 without a mark, or UTF-16 with the mark FF FE, which is not UTF-8.
  if (bytes[0] === 0 || bytes[0] === 0xef || bytes[1] === 0) return decode(bytes)
  const text = bytes.toString()
  // U+FFFD was sent, or stands for what is not UTF-8.
  return text.indexOf('\ufffd') >= 0 && !isUtf8(bytes) ? decode(bytes) : text
}
