/**
 * The statements of a request that only reads: when its client has gone, nobody is left to read what they find.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { APIKIT_ERR_CLIENT_GONE } from '../../core/errors.ts'

/** A statement that runs, or waits for a connection. */
export class RunningStatement {
  readonly #all: Set<RunningStatement>
  #cancel: (() => Promise<void>) | undefined
  #cancelling: Promise<void> | undefined
  #isCancelled = false

  constructor (all: Set<RunningStatement>) {
    this.#all = all
    all.add(this)
  }

  /**
   * It has its connection now.
   *
   * @throws APIKIT_ERR_CLIENT_GONE when the client went while it waited
   */
  run (cancel: () => Promise<void>): void {
    if (this.#isCancelled) throw new APIKIT_ERR_CLIENT_GONE()
    this.#cancel = cancel
  }

  cancel (): void {
    this.#isCancelled = true
    this.#cancelling = this.#cancel?.()
  }

  /** What it failed with: that it was cancelled, or what the database says. */
  failure (cause: unknown): unknown {
    return this.#isCancelled ? Object.assign(new APIKIT_ERR_CLIENT_GONE(), { cause }) : cause
  }

  /** Resolves once nothing is on its way that would cancel the next statement of the connection. */
  async end (): Promise<void> {
    this.#all.delete(this)
    await this.#cancelling
  }
}

/**
 * The statements of one request. Those that run, or wait for a connection, at the moment when its client leaves are
 * cancelled; what begins later, as in the background, is not.
 */
export class RequestStatements {
  readonly #raw: IncomingMessage | ServerResponse
  readonly #running = new Set<RunningStatement>()
  #isWatching = false

  /** @param raw what closes when the client leaves: the response, or a request that has no body */
  constructor (raw: IncomingMessage | ServerResponse) {
    this.#raw = raw
  }

  begin (): RunningStatement {
    if (!this.#isWatching) {
      this.#isWatching = true
      this.#raw.once('close', () => { if (isAborted(this.#raw)) for (const statement of this.#running) statement.cancel() })
    }
    return new RunningStatement(this.#running)
  }

  /** Runs one that has its connection already. */
  async run<T> (cancel: () => Promise<void>, work: () => Promise<T>): Promise<T> {
    const statement = this.begin()
    let result: T
    try {
      statement.run(cancel)
      result = await work()
    } catch (error) {
      throw statement.failure(error)
    } finally {
      await statement.end()
    }
    return result
  }
}

function isAborted (raw: IncomingMessage | ServerResponse): boolean {
  return 'writableEnded' in raw ? !raw.writableEnded : raw.aborted
}
