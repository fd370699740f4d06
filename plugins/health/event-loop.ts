/**
 * Measures how long the event loop was blocked.
 *
 * @module
 * @see https://nodejs.org/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions
 */

import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Milliseconds. */
const [RESOLUTION, WINDOW] = [10, 1000]

export class EventLoop {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION })
  readonly #timer: NodeJS.Timeout
  #before = 0

  constructor () {
    this.#histogram.enable()
    this.#timer = setInterval(() => {
      this.#before = this.#histogram.max
      this.#histogram.reset()
    }, WINDOW).unref()
  }

  /** The longest delay in the last one or two seconds, in milliseconds. */
  get delay (): number {
    return Math.max(this.#before, this.#histogram.max) / 1e6
  }

  stop (): void {
    clearInterval(this.#timer)
    this.#histogram.disable()
  }
}
