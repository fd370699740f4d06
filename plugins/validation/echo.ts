/**
 * Echoes of what the client sent, bounded: an answer about a megabyte must not be a megabyte.
 *
 * @module
 */

import type { Issue } from '../internal/schema/issue.ts'

/** JSON characters of one issue's `input` (and of its `ctx`), about. */
const PER_ISSUE = 1024
/** JSON characters of all echoes of one answer together, about. */
const PER_ANSWER = 32_768
/** Characters of a key in `loc`, and of a `msg`. */
const PER_TEXT = 256

const CUT = '…'

class Allowance {
  left: number

  constructor (left: number) {
    this.left = left
  }

  /** A copy of `value` that stops where the allowance is spent. */
  copy (value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value)
    if (typeof value !== 'object' || value === null) {
      this.left -= 5
      // JSON has no word for these, and a body read as Python reads it may hold them.
      return typeof value === 'number' && !Number.isFinite(value) ? null : value
    }
    if (Array.isArray(value)) return this.#array(value)
    return Buffer.isBuffer(value) ? this.#text(value.toString()) : this.#object(value)
  }

  #text (text: string): string {
    const length = Math.max(0, this.left)
    this.left -= text.length + 2
    return text.length <= length ? text : cut(text, length)
  }

  #array (items: readonly unknown[]): unknown[] {
    const copy: unknown[] = []
    this.left -= 2
    for (const item of items) {
      if (this.left <= 0) {
        copy.push(CUT)
        break
      }
      copy.push(this.copy(item))
    }
    return copy
  }

  #object (object: object): unknown {
    const entries: Array<[string, unknown]> = []
    this.left -= 2
    // Not Object.entries: the object may have a hundred thousand keys.
    for (const key in object) {
      if (this.left <= 0) {
        entries.push([CUT, CUT])
        break
      }
      this.left -= 1
      entries.push([this.#text(key), this.copy(Reflect.get(object, key))])
    }
    // fromEntries defines, it does not assign: a key `__proto__` stays a key.
    return Object.fromEntries(entries)
  }
}

function cut (text: string, length: number): string {
  // Never between the halves of a surrogate pair.
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length) + CUT
}

function short (text: string): string {
  return text.length <= PER_TEXT ? text : cut(text, PER_TEXT)
}

/** Issues that are safe to send: long inputs, keys and messages are cut, and end in `…`. */
export function echo (issues: readonly Issue[]): Issue[] {
  let left = PER_ANSWER
  const bounded = (value: unknown): unknown => {
    const allowance = new Allowance(Math.min(PER_ISSUE, left))
    const copy = allowance.copy(value)
    left -= Math.min(PER_ISSUE, left) - Math.max(0, allowance.left)
    return copy
  }
  return issues.map(({ type, loc, msg, input, ctx }) => {
    const sent = { type, loc: loc.map(key => typeof key === 'string' ? short(key) : key), msg: short(msg), input: bounded(input) }
    return ctx === undefined ? sent : { ...sent, ctx: bounded(ctx) as Record<string, unknown> }
  })
}
