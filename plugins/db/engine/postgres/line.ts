/**
 * The statements of a connection, one after the other. pg will refuse a statement while another one is under way.
 *
 * @module
 */

export class Line {
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
