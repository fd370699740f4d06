/**
 * What a union costs. It tries several schemas on one value, and the values below again for each of them: without a
 * memory that doubles, or worse, with every level of a recursive schema. So each schema is tried once on each value, and
 * as a last resort the work on one request has a limit in proportion to its size.
 *
 * @module
 */

import { EXACT, FAIL, type Parse, type Pass } from './issue.ts'
import type { Shape } from './shape.ts'

/** A value that a schema has accepted, and how well it fits. */
export interface Match {
  readonly value: unknown
  readonly fit: number
  readonly fieldsSet: number
}

/** Steps that every request may take, whatever its size. */
const FREE_STEPS = 100_000
/** Steps for each value in the request, and for each member of the widest union as well. */
const STEPS = 16

/** Values in a value; a text may stand for many, one for eight characters. */
function countValues (root: unknown): number {
  const seen = new Set<unknown>()
  const waiting: unknown[] = [root]
  let count = 0
  while (waiting.length > 0) {
    const value = waiting.pop()
    count++
    if (typeof value === 'string') count += value.length >> 3
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    for (const inner of value instanceof Map || value instanceof Set ? value : Object.values(value)) waiting.push(inner)
  }
  return count
}

/** The unions that are open in one pass. */
export class Trials {
  /** The outermost one reads this. */
  #root: unknown
  #isCounted = false
  #width = 1
  #left = FREE_STEPS
  #known: Map<object, Map<unknown, Match | null>> | undefined
  #refused: Map<object, Map<object, readonly number[]>> | undefined
  /** Unions that are open. */
  depth = 0
  /** No more is tried. */
  isSpent = false

  /** Begins a union; returns what is known of it. */
  enter (input: unknown, members: readonly unknown[]): Match | null | undefined {
    this.#width = Math.max(this.#width, members.length)
    if (this.depth++ > 0) {
      const known = this.recall(members, input)
      if (known === undefined) this.spend(1)
      return known
    }
    this.#root = input
    this.#isCounted = false
    this.#known = undefined
    this.#refused = undefined
    return undefined
  }

  /** Keeps what is found of a union. What stands alone is asked for once; a scalar is read again in less time than it is looked up. */
  keep (members: readonly unknown[], input: unknown, match: Match | null): void {
    if (this.depth > 1 && typeof input === 'object') this.remember(members, input, match)
  }

  /** Ends a union; whether nothing is known of it, for that would have been too much work. */
  leave (): boolean {
    this.depth--
    return this.isSpent
  }

  /** Takes a step for each part of a value, where it may be read more than once. */
  pay (parts: number): void {
    if (this.depth > 0) this.spend(parts)
  }

  /** Takes steps. */
  spend (steps: number): void {
    this.#left -= steps
    if (this.#left >= 0 || this.isSpent) return
    if (!this.#isCounted) {
      this.#isCounted = true
      this.#left += countValues(this.#root) * STEPS * (this.#width + 1)
    }
    this.isSpent = this.#left < 0
  }

  /** Which items of a list a schema refuses, once that is known of all of them: they are told of for each member of a union. */
  refused (schema: object, list: object): readonly number[] | undefined {
    return this.depth === 0 ? undefined : this.#refused?.get(schema)?.get(list)
  }

  noteRefused (schema: object, list: object, indices: readonly number[]): void {
    if (this.depth === 0) return
    const all = (this.#refused ??= new Map<object, Map<object, readonly number[]>>())
    const known = all.get(schema)
    if (known === undefined) all.set(schema, new Map([[list, indices]]))
    else known.set(list, indices)
  }

  /** What a schema has made of a value inside the union: `undefined` if that is not known, `null` if it was refused. */
  recall (schema: object, input: unknown): Match | null | undefined {
    return this.#known?.get(schema)?.get(input)
  }

  remember (schema: object, input: unknown, match: Match | null): void {
    const all = (this.#known ??= new Map<object, Map<unknown, Match | null>>())
    const known = all.get(schema)
    if (known === undefined) all.set(schema, new Map([[input, match]]))
    else known.set(input, match)
  }
}

/** Prepares a pass for an attempt: only the value counts. */
export function begin (pass: Pass): void {
  pass.isQuiet = true
  pass.hasFailed = false
  pass.fit = EXACT
  pass.fieldsSet = -1
}

/** Ends attempts: with the state there was before, and what has been found as a part of it. */
export function end (pass: Pass, fit: number, fieldsSet: number, isQuiet: boolean, hasFailed: boolean, match: Match | null): void {
  pass.isQuiet = isQuiet
  pass.hasFailed = hasFailed || match === null
  pass.fit = Math.min(fit, match?.fit ?? fit)
  pass.fieldsSet = match === null || match.fieldsSet < 0 ? fieldsSet : Math.max(fieldsSet, 0) + match.fieldsSet
}

/**
 * Reads by a schema that may contain itself: inside a union once for each value. Few calls in one another, for a value may
 * be very deep.
 *
 * @param target of a reference
 * @param of its parser. That of a union has its own memory
 */
export function recursive (target: () => Shape, of: (shape: Shape) => Parse): Parse {
  return (input, pass) => {
    const shape = target()
    const inner = of(shape)
    const { trials } = pass
    if (trials === undefined || trials.depth === 0 || typeof input !== 'object' || shape.kind === 'union') return inner(input, pass)
    let match = trials.recall(inner, input)
    const { fit, fieldsSet, isQuiet, hasFailed } = pass
    if (match === undefined) {
      trials.spend(1)
      begin(pass)
      const value = inner(input, pass)
      match = value === FAIL ? null : { value, fit: pass.fit, fieldsSet: pass.fieldsSet }
      trials.remember(inner, input, match)
    }
    end(pass, fit, fieldsSet, isQuiet, hasFailed, match)
    if (match !== null) return match.value
    return isQuiet ? FAIL : inner(input, pass)
  }
}
