/**
 * The sessions of one request, which end together: all are committed, or none, as far as several databases can do that.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { APIKIT_ERR_PARTLY_COMMITTED } from '../errors.ts'
import { type Session, unitOf } from './session.ts'

interface Member {
  readonly name: string
  readonly session: Session<unknown>
}

/** A property of the request: entries of a WeakMap, one for each request, cost a sixth of its time in collections. */
const kSessions = Symbol('fastify-apikit.sessions')

type Holder = FastifyRequest & { [kSessions]?: RequestSessions }

export class RequestSessions {
  readonly #members: Member[] = []
  /** Sessions whose dependency is still open. */
  #open = 0
  /** Why all were rolled back. */
  #failure: { readonly error: unknown } | undefined

  /** `undefined` for a request without a transaction. */
  static find (request: FastifyRequest): RequestSessions | undefined {
    return (request as Holder)[kSessions]
  }

  static of (request: FastifyRequest): RequestSessions {
    const holder: Holder = request
    holder[kSessions] ??= new RequestSessions()
    return holder[kSessions]
  }

  add (name: string, session: Session<unknown>): void {
    this.#members.push({ name, session })
    this.#open++
  }

  /** One is not needed any more; the last one ends all. */
  async leave (isRefused: boolean): Promise<void> {
    // Where somebody has caught it, what was told to be undone stays so.
    if (this.#failure !== undefined) throw this.#failure.error
    if (--this.#open > 0) return
    await (isRefused ? this.rollback() : this.commit())
  }

  /** Undoes all, for good. */
  async fail (error: unknown): Promise<void> {
    this.#failure ??= { error }
    await this.rollback()
  }

  async rollback (): Promise<void> {
    for (const { session } of this.#members) await session.rollback()
  }

  /**
   * Commits all that have begun. Of several, each is first asked whether it can be committed. SQLite is last: between that
   * question and its commit the least can go wrong.
   *
   * @throws APIKIT_ERR_PARTLY_COMMITTED when one fails after another was committed
   */
  async commit (): Promise<void> {
    const begun = this.#members.filter(({ session }) => unitOf(session).hasBegun)
    const done: string[] = []
    try {
      if (begun.length > 1) for (const { session } of begun) await unitOf(session).prepareCommit()
      for (const { name, session } of begun.toSorted(sqliteLast)) {
        await unitOf(session).commitAlone()
        done.push(name)
      }
    } catch (cause) {
      for (const { name, session } of this.#members) if (!done.includes(name)) await session.rollback()
      if (done.length === 0) throw cause
      throw Object.assign(new APIKIT_ERR_PARTLY_COMMITTED(done.join(', ')), { cause })
    } finally {
      // Whatever became of the others, of these it is true.
      for (const { session } of this.#members) await unitOf(session).callAfterCommit()
    }
  }
}

function sqliteLast ({ session: one }: Member, { session: other }: Member): number {
  return Number(one.dialect === 'sqlite') - Number(other.dialect === 'sqlite')
}
