import type { FastifyReply, FastifyRequest } from 'fastify'
import { APIKIT_ERR_DUPLICATE_HANDLER, APIKIT_ERR_HANDLE } from './errors.ts'
import type { Recognised, Trusts } from './recognise.ts'

/** A class whose instances can be thrown. */
export type ErrorClass<E> = abstract new (...args: never[]) => E

/**
 * Answers an error. It may return the body, sync or async, or use `reply`; what it throws is
 * answered in its place. The status of the answer is that of the error unless it sets another.
 */
export type ErrorHandler<E> = (error: E, request: FastifyRequest, reply: FastifyReply) => unknown

// A map of classes to handlers of their instances cannot be typed entry by entry.
type AnyHandler = ErrorHandler<never>

/** A handler, and the error it is to answer. */
export interface Found {
  readonly handler: AnyHandler
  readonly error: unknown
}

/** The handlers of one scope; what it does not know it asks of the scope above. */
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
      throw new APIKIT_ERR_HANDLE('the first argument is a class of errors or a status between 400 and 599')
    }
    const name = typeof kind === 'function' ? kind.name : String(kind)
    if (typeof handler !== 'function') throw new APIKIT_ERR_HANDLE(`the handler of ${name} is no function`)
    if (this.#own.has(kind)) throw new APIKIT_ERR_DUPLICATE_HANDLER(name)
    this.#own.set(kind, handler)
  }

  /** Makes errors of this scope and below decide their answers. */
  trust (trusts: Trusts): void {
    this.#trusts = trusts
  }

  /** Whether this scope, or one above, trusts an error. */
  trusts (error: unknown): boolean {
    return this.#trusts(error) || this.#above?.trusts(error) === true
  }

  /** The nearest handler not yet used: by scope, then by status, then by class and its parents. */
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
