/**
 * Collects what is wrong with a request, in FastAPI's words, with the limits that keep a bad request
 * from becoming a large answer.
 *
 * @module
 */

import type { Identities } from './identity.ts'
import { Refusal } from '../../types/codec.ts'
import type { Trials } from './trials.ts'

/** Describes one thing that is wrong with a request. The order of the keys is the order on the wire. */
export interface Issue {
  /** Stable name of the mistake: `missing`, `int_parsing`, `greater_than` … */
  readonly type: string
  /** Path to the value: `['body', 'items', 0, 'price']`. The first item is `path`, `query`, `header`, `cookie` or `body`. */
  readonly loc: ReadonlyArray<string | number>
  /** Message for people. */
  readonly msg: string
  /** Value that was sent. Shortened if long, omitted if secret. */
  readonly input?: unknown
  /** Limits that were violated, by name. */
  readonly ctx?: Readonly<Record<string, unknown>>
}

/** Returned instead of a value by every parser that has reported at least one issue. */
export const FAIL: unique symbol = Symbol('fail')

/** How well an input fits a member of a union: pydantic's smart mode compares these. */
export const LAX = 0
export const STRICT = 1
export const EXACT = 2

/** The state of one pass over one request. */
export class Pass {
  readonly issues: Issue[] = []
  /** Current path, pushed and popped by the containers. */
  readonly path: Array<string | number> = []
  readonly #limit: number
  /** The worst fit seen since a union member was begun. */
  fit = EXACT
  /** Fields set in objects since a union member was begun; -1 when there was no object. */
  fieldsSet = -1
  /** Set where only the value counts, as while a union looks for its member: nothing is noted, and the first mistake ends the attempt. */
  isQuiet = false
  /** Whether the quiet attempt has met a mistake. */
  hasFailed = false
  /** What the unions that are open have found and spent; made by the first one. */
  trials: Trials | undefined
  #identities: Identities | undefined

  constructor (limit: number) {
    this.#limit = limit
  }

  /** A pass of which only the value counts, not the issues. */
  static quiet (): Pass {
    const pass = new Pass(0)
    pass.isQuiet = true
    return pass
  }

  /** Identities of the items of sets. */
  get identities (): Identities {
    return (this.#identities ??= new WeakMap())
  }

  /** Whether the limit is reached. Containers then stop. */
  get full (): boolean {
    return this.trials?.isSpent === true || (this.isQuiet ? this.hasFailed : this.issues.length >= this.#limit)
  }

  refuse (type: string, msg: string, input: unknown, ctx?: Readonly<Record<string, unknown>>): typeof FAIL {
    if (this.isQuiet) this.hasFailed = true
    else if (!this.full) this.note(type, msg, input, ctx)
    return FAIL
  }

  /** Adds an issue at the current path. */
  note (type: string, msg: string, input: unknown, ctx?: Readonly<Record<string, unknown>>): void {
    const loc = [...this.path]
    this.issues.push(ctx === undefined ? { type, loc, msg, input } : { type, loc, msg, input, ctx })
  }

  /** Forgets the issues since there were `count`: what failed is tried in another way. */
  forget (count: number): void {
    this.issues.splice(count)
    this.hasFailed = false
  }

  refusal ({ type, msg, ctx }: Refusal, input: unknown): typeof FAIL {
    return this.refuse(type, msg, input, ctx)
  }

  missing (key: string | number, input: unknown): typeof FAIL {
    this.path.push(key)
    this.refuse('missing', 'Field required', input)
    this.path.pop()
    return FAIL
  }
}

/** Returns the value, or `FAIL` after reporting at least one issue to `pass` (unless it is full). */
export type Parse = (input: unknown, pass: Pass) => unknown
