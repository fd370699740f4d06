/**
 * Limits the size of echoed input: the response to an invalid megabyte must not be a megabyte.
 *
 * @module
 */

import { rawJson } from '../core/json/raw.ts'
import type { Issue } from '../core/schema/issue.ts'
import { repr } from '../core/schema/literals.ts'
import { hiddenIn, isShown, STARS } from './redaction.ts'
import type { Secrets } from '../core/schema/secrets.ts'

/** Maximum JSON bytes of one issue's `input` (and of its `ctx`). */
const PER_INPUT = 1024
/** Maximum JSON bytes of one issue's `loc`. */
const PER_LOC = 1024
/** Maximum JSON bytes of a key in `loc`, and of a `msg`. */
const PER_TEXT = 256
/** The same limit once the response is full. */
const PER_LAST = 48
/** Maximum JSON bytes of all of these together, for up to a hundred issues; proportionally more for more issues. */
const PER_ANSWER = 36_864
/** Maximum JSON bytes of the message for the log. */
const PER_MESSAGE = 8192

const CUT = '…'

/** Maximum JSON bytes of one UTF-16 unit: control characters and lone surrogates are escaped. */
function weight (unit: number): number {
  if (unit < 0x20 || (unit >= 0xd800 && unit <= 0xdfff)) return 6
  if (unit < 0x80) return unit === 0x22 || unit === 0x5c ? 2 : 1
  return unit < 0x800 ? 2 : 3
}

class Allowance {
  left: number
  /** Bytes left for the copy. */
  secrets: Secrets | undefined

  constructor (left: number) {
    this.left = left
  }

  /** Cuts a text to the allowance, never within a surrogate pair. */
  text (text: string): string {
    let end = 0
    let left = Math.max(0, this.left)
    for (; end < text.length; end++) {
      left -= weight(text.charCodeAt(end))
      if (left < 0) break
    }
    if (end === text.length) {
      this.left -= Math.max(0, this.left) - left + 2
      return text
    }
    this.left = Math.min(this.left, 0) - 5
    const last = text.charCodeAt(end - 1)
    return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end) + CUT
  }

  /** Copies `value` until the allowance is spent. */
  copy (value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Buffer.isBuffer(value)) return this.text(value.toString('utf8', 0, Math.max(1, this.left)))
    if (Array.isArray(value)) return this.#array(value)
    if (typeof value === 'object' && value !== null) return this.#object(value)
    if (typeof value === 'bigint') return this.#integer(String(value))
    this.left -= String(value).length
    // JSON has no word for these, and a body read as Python reads it may hold them.
    return typeof value === 'number' && !Number.isFinite(value) ? null : value
  }

  /** A JSON number with all its digits: JSON.stringify throws for a bigint. One that is cut is text. */
  #integer (digits: string): unknown {
    return digits.length > this.left ? this.text(digits) : rawJson(this.text(digits))
  }

  #array (items: readonly unknown[]): unknown[] {
    const copy: unknown[] = []
    this.left -= 2
    for (const item of items) {
      if (this.left <= 0) {
        copy.push(this.text(CUT))
        break
      }
      this.left -= 1
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
        entries.push([CUT, this.text(CUT)])
        break
      }
      this.left -= 2
      const value: unknown = Reflect.get(object, key)
      const isSecret = this.secrets !== undefined && value !== null && !isShown(key, this.secrets)
      entries.push([this.text(key), isSecret ? this.text(STARS) : this.copy(value)])
    }
    // fromEntries defines, it does not assign: a key `__proto__` stays a key.
    return Object.fromEntries(entries)
  }

  #key (key: string): string {
    const own = new Allowance(PER_TEXT)
    const shown = own.text(key)
    this.left -= PER_TEXT - own.left + 1
    return shown
  }

  #index (index: number): number {
    this.left -= String(index).length + 1
    return index
  }

  /** Returns a path, or its beginning and its end. */
  path (path: Issue['loc']): Issue['loc'] {
    const keys: Array<string | number> = []
    for (const key of path) {
      const shown = typeof key === 'string' ? this.#key(key) : this.#index(key)
      // The first is a word of ours.
      if (this.left < 0 && keys.length > 0) {
        const last = path.at(-1) as string | number
        return [...keys, ...keys.length < path.length - 1 ? [CUT] : [], typeof last === 'string' ? cut(last, PER_LAST) : last]
      }
      keys.push(shown)
    }
    return keys
  }
}

function cut (text: string, bytes: number): string {
  return new Allowance(bytes).text(text)
}

/**
 * Returns issues that are safe to send: long values are cut and end in `…`, secrets are replaced with asterisks.
 *
 * @param hideInput omit `input` from all issues
 */
export function echo (issues: readonly Issue[], hideInput = false): Issue[] {
  let left = PER_ANSWER * Math.max(1, issues.length / 100)
  const within = <T>(limit: number, make: (allowance: Allowance) => T): T => {
    const allowance = new Allowance(Math.min(limit, Math.max(0, left)))
    const before = allowance.left
    const made = make(allowance)
    left -= before - allowance.left
    return made
  }
  return issues.map(issue => {
    const { type, loc, msg, ctx } = issue
    const said = {
      type,
      loc: within(PER_LOC, allowance => allowance.path(loc)),
      msg: left > 0 ? within(PER_TEXT, allowance => allowance.text(msg)) : cut(msg, PER_LAST)
    }
    const sent = hideInput || !('input' in issue) ? said : { ...said, input: within(PER_INPUT, allowance => inputOf(issue, allowance)) }
    return ctx === undefined ? sent : { ...sent, ctx: within(PER_INPUT, allowance => allowance.copy(ctx)) as Record<string, unknown> }
  })
}

function inputOf (issue: Issue, allowance: Allowance): unknown {
  allowance.secrets = hiddenIn(issue)
  return allowance.copy(issue.input)
}

/** Returns `2 validation errors:` and a line for each, as FastAPI's `str(exc)`. For the log and for problem details, limited in size. */
export function messageOf (issues: readonly Issue[]): string {
  const lines = issues.map(({ type, loc, msg }) => `  ${type} at (${loc.map(repr).join(', ')}): ${msg}`)
  return cut([`${issues.length} validation error${issues.length === 1 ? '' : 's'}:`, ...lines].join('\n'), PER_MESSAGE)
}
