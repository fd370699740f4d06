/**
 * Patterns that cannot be made to run for ever: a client chooses the text, so the time may only
 * grow with its length.
 *
 * @module
 */

import { RE2JS } from 're2js'
import { stepsOf } from './backtracking.ts'

/** As much of a compiled pattern as is used: a search, not a full match. */
export interface CompiledPattern {
  test (text: string): boolean
  /** Maximum text length in UTF-16 units, since the engine may take some 0.5 µs a character. */
  readonly longest?: number
}

const LONGEST = 65_536
/** Maximum steps per character for the engine of JavaScript. Beyond that, RE2 is as fast. */
const MOST_STEPS = 20
/** Steps per character from which on long texts are rejected. */
const FEW_STEPS = 10

/**
 * Compiles a pattern. Simple ones run on the engine of JavaScript, all others on RE2, which takes linear
 * time for any pattern and knows no look-around and no back-references; nor does FastAPI's engine.
 *
 * @throws when neither engine understands the pattern
 * @see https://docs.rs/regex/latest/regex/#syntax
 */
export function compilePattern (source: string): CompiledPattern {
  const steps = stepsOf(source)
  if (steps <= MOST_STEPS) {
    const expression = new RegExp(source, 'u')
    return steps <= FEW_STEPS ? expression : { longest: LONGEST, test: text => expression.test(text) }
  }
  // JavaScript writes a named group, a code unit and a code point in its own ways.
  const syntax = source.replaceAll(/\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})/g, (_escape, point, unit) => `\\x{${point ?? unit}}`)
  const pattern = RE2JS.compile(syntax)
  // Not by a matcher: without groups a lazy DFA does it, in a tenth of the time.
  return { longest: LONGEST, test: text => pattern.test(text) }
}

/** Reports a text that is too long for a pattern below a keyword of Ajv. */
export class TooLong extends Error {}

/**
 * The patterns of Ajv: `code.regExp` of its options.
 *
 * @throws what `compilePattern` throws; TooLong, when a text is too long for one
 */
export const ajvPatterns = Object.assign((source: string) => {
  const pattern = compilePattern(source)
  const { longest = Infinity } = pattern
  return {
    test (text: string): boolean {
      if (text.length > longest) throw new TooLong(`must NOT have more than ${longest} characters where the pattern "${source}" is tried`)
      return pattern.test(text)
    },
    // Ajv tells patterns apart by their texts.
    toString: () => source
  }
}, { code: 'new RegExp' })
