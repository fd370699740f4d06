/**
 * JSON inside a string.
 *
 * @module
 * @see https://github.com/pydantic/jiter
 */

import { utf8 } from './calendar.ts'
import { Refusal } from './codec.ts'
import { JsonReader, MAX_DEPTH, type Mistake } from './json-reader.ts'

/** `line 1 column 5`, counted in bytes. */
function position (bytes: string, at: number): string {
  const end = Math.min(at, bytes.length)
  // The end of a line belongs to the next one.
  const through = bytes.slice(0, end + 1)
  const line = through.split('\n').length
  const lineStart = through.lastIndexOf('\n') + 1
  return `line ${line} column ${at < bytes.length ? at + 1 - lineStart : Math.max(0, bytes.length - lineStart)}`
}

/** Deep enough that JSON.parse might take what is to be refused. */
function mayBeDeep (text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_DEPTH) return true
    } else if (code === 0x5d || code === 0x7d) {
      depth--
    }
  }
  return false
}

/** Half of a character in an escape, which JSON.parse takes, and numbers that Python would not read. */
const DOUBTFUL = /\\u[dD][89a-fA-F]|\d{4300}/

/**
 * Reads JSON in a string.
 *
 * @returns the value, or a `json_invalid` that says what is wrong, and where
 */
export function parseJsonText (text: string): unknown {
  if (!DOUBTFUL.test(text) && !mayBeDeep(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // NaN, or a mistake that has to be found.
    }
  }
  const bytes = utf8(text)
  try {
    return new JsonReader(bytes).read()
  } catch (mistake) {
    const { words, at } = mistake as Mistake
    const error = `${words} at ${position(bytes, at)}`
    return new Refusal('json_invalid', `Invalid JSON: ${error}`, { error })
  }
}
