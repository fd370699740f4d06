/**
 * JSON inside a string.
 *
 * @module
 * @see https://github.com/pydantic/jiter
 */

import { isDigit, JITER_MAX_DEPTH, JITER_MAX_DIGITS, readJiterJson } from '../core/json/jiter.ts'
import { isNestedDeeper } from '../core/json/nesting.ts'
import type { JsonProblem } from '../core/json/scanner.ts'
import { Refusal } from './codec.ts'

/** `line 1 column 5`, counted in bytes. */
function position (text: string, at: number): string {
  const atEnd = at >= text.length
  // A line break belongs to the line that it begins.
  const before = text.slice(0, at + 1)
  const lineStart = before.lastIndexOf('\n') + 1
  const column = Buffer.byteLength(text.slice(lineStart, at)) + (atEnd || lineStart > at ? 0 : 1)
  return `line ${before.split('\n').length} column ${column}`
}

/** Half of a surrogate pair in an escape, which `JSON.parse` takes. */
const SURROGATE = /\\u[dD][89a-fA-F]/

/** Whether the text has a number that Python would not read. */
function hasLongNumber (text: string): boolean {
  // One digit in so many is enough to find the run, and each is looked at twice at most.
  for (let probe = JITER_MAX_DIGITS - 1; probe < text.length; probe += JITER_MAX_DIGITS) {
    let [start, end] = [probe, probe]
    while (isDigit(text.charAt(start - 1))) start--
    while (isDigit(text.charAt(end))) end++
    if (end - start >= JITER_MAX_DIGITS) return true
  }
  return false
}

/**
 * Reads JSON in a string.
 *
 * @returns the value, or a `json_invalid` that says what is wrong, and where
 */
export function parseJsonText (text: string): unknown {
  if (!SURROGATE.test(text) && !hasLongNumber(text) && !isNestedDeeper(text, JITER_MAX_DEPTH)) {
    try {
      return JSON.parse(text)
    } catch {
      // NaN, or a mistake that has to be found.
    }
  }
  try {
    return readJiterJson(text)
  } catch (problem) {
    const { words, at } = problem as JsonProblem
    const error = `${words} at ${position(text, at)}`
    return new Refusal('json_invalid', `Invalid JSON: ${error}`, { error })
  }
}
