/**
 * Polls for work: at once if there may be more, when called, and in intervals.
 *
 * @module
 */

export class Loop {
  readonly #interval: number
  readonly #turn: () => Promise<boolean>
  readonly #failed: (error: unknown) => void
  #isStopped = false
  /** Called since the turn started. */
  #isCalled = false
  #wake: (() => void) | undefined
  #running: Promise<void> | undefined

  /**
   * @param interval Milliseconds between two turns.
   * @param turn Looks for work. Returns `true` if there may be more.
   */
  constructor (interval: number, turn: () => Promise<boolean>, failed: (error: unknown) => void) {
    this.#interval = interval
    this.#turn = turn
    this.#failed = failed
  }

  start (): void {
    this.#running = this.#run()
  }

  /** Starts a turn now, or as soon as the current one has ended. */
  wake (): void {
    this.#isCalled = true
    this.#wake?.()
  }

  async #run (): Promise<void> {
    while (!this.#isStopped) {
      this.#isCalled = false
      const more = await this.#turn().catch((error: unknown) => { this.#failed(error); return false })
      if (!more && !this.#isCalled) await this.#pause()
    }
  }

  #pause (): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, this.#interval)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }

  async stop (): Promise<void> {
    this.#isStopped = true
    this.wake()
    await this.#running
  }
}
