/**
 * Runs work one after the other: the statements of a connection, of which pg takes one at a time.
 *
 * @module
 */

export class SerialQueue {
  /** Settled when nothing is under way. */
  #last: Promise<void> | undefined

  /** Runs work as soon as what came before is over, whatever became of it. */
  run<T> (work: () => Promise<T>): Promise<T> {
    const done = this.#last === undefined ? work() : this.#last.then(work)
    const over = (): void => { if (this.#last === last) this.#last = undefined }
    const last = done.then(over, over)
    this.#last = last
    return done
  }
}
