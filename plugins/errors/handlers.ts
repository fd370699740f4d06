import type { FastifyReply, FastifyRequest } from 'fastify'
import { APIKIT_ERR_DUPLICATE_HANDLER, APIKIT_ERR_HANDLE } from './errors.ts'
import type { Recognised, Trusts } from './recognise.ts'

/** A class whose instances can be thrown. */
export type ErrorClass<E> = abstract new (...args: never[]) => E

/**
 * Handles an error. Returns the body, sync or async, or uses `reply`. An error that it throws is
 * answered instead. The status is that of the error unless the handler sets another.
 */
export type ErrorHandler<E> = (error: E, request: FastifyRequest, reply: FastifyReply) => unknown

// A map of classes to handlers of their instances cannot be typed entry by entry.
type AnyHandler = ErrorHandler<never>

/** Handler, and the error passed to it. */
export interface Found {
  readonly handler: AnyHandler
  readonly error: unknown
}

/** Handlers of one scope. It falls back to those of the scope above. */
export class Handlers {
  readonly #above: Handlers | undefined
  readonly #own = new Map<unknown, AnyHandler>()
  #trusts: Trusts = () => false

  constructor (above?: Handlers) {
    this.#above = above
  }

  /** @param kind a class, or a status between 400 and 599 */
  add (kind: unknown, handler: AnyHandler): void {
    if (typeof kind !== 'function' && !isErrorStatus(kind)) {
      throw new APIKIT_ERR_HANDLE(`the first argument must be an error class or a status from 400 to 599, got ${String(kind)}`)
    }
    const name = typeof kind === 'function' ? kind.name : String(kind)
    if (typeof handler !== 'function') throw new APIKIT_ERR_HANDLE(`the handler of ${name} must be a function, got ${typeof handler}`)
    if (this.#own.has(kind)) throw new APIKIT_ERR_DUPLICATE_HANDLER(name)
    this.#own.set(kind, handler)
  }

  /** Trusts errors of this scope and the scopes below. */
  trust (trusts: Trusts): void {
    this.#trusts = trusts
  }

  /** Returns whether this scope or one above trusts an error. */
  trusts (error: unknown): boolean {
    return this.#trusts(error) || this.#above?.trusts(error) === true
  }

  /** Finds the nearest handler not yet used: by scope, then status, then class and its parents. */
  find (recognised: Recognised, used: ReadonlySet<AnyHandler>): Found | undefined {
    const { answer: { status }, kinds, byStatus } = recognised
    if (this.#own.size === 0) return this.#above?.find(recognised, used)
    for (const [kind, error] of [...byStatus.map(error => [status, error] as const), ...kinds()]) {
      const handler = this.#own.get(kind)
      if (handler !== undefined && !used.has(handler)) return { handler, error }
    }
    return this.#above?.find(recognised, used)
  }
}

function isErrorStatus (kind: unknown): boolean {
  return Number.isInteger(kind) && Number(kind) >= 400 && Number(kind) <= 599
}
