/**
 * The limits of a task in this process: how many of its jobs run at once, and how many start in a time.
 *
 * @module
 */

import type { AnyTask } from './task.ts'

class Limit {
  readonly #concurrency: number
  readonly #max: number
  readonly #per: number
  /** When the last jobs started, oldest first. At most `max`. */
  readonly #starts: number[] = []
  /** Taken, and not yet ended. */
  #running = 0
  /** Taken, and not yet started: they wait for other jobs of the process. */
  #waiting = 0

  constructor ({ concurrency, rateLimit }: AnyTask) {
    this.#concurrency = concurrency ?? Infinity
    this.#max = rateLimit?.max ?? Infinity
    this.#per = rateLimit?.per ?? 0
  }

  /** How many more may be taken now. */
  room (): number {
    const since = performance.now() - this.#per
    while (this.#starts.length > 0 && (this.#starts[0] as number) <= since) this.#starts.shift()
    return Math.max(0, Math.min(this.#concurrency - this.#running, this.#max - this.#starts.length - this.#waiting))
  }

  /** Milliseconds until the next may start, if the rate is what is in the way. */
  wait (): number | undefined {
    const [first] = this.#starts
    return this.#starts.length < this.#max || first === undefined ? undefined : Math.max(1, first + this.#per - performance.now())
  }

  take (): void {
    this.#running++
    this.#waiting++
  }

  start (): void {
    this.#waiting--
    if (this.#max < Infinity) this.#starts.push(performance.now())
  }

  give (): void {
    this.#running--
  }
}

/** The limits of all tasks. Those without one are not counted. */
export class Limits {
  readonly #limits: ReadonlyMap<string, Limit>

  constructor (tasks: Iterable<AnyTask>) {
    this.#limits = new Map([...tasks].filter(({ concurrency, rateLimit }) => concurrency !== undefined || rateLimit !== undefined)
      .map(task => [task.name, new Limit(task)]))
  }

  /** Names of the tasks that have one. */
  get names (): readonly string[] {
    return [...this.#limits.keys()]
  }

  /** How many more jobs of a task may be taken now. */
  room (task: string): number {
    return this.#limits.get(task)?.room() ?? Infinity
  }

  /** Calls once, when the first rate that is used up allows another job. */
  wake (call: () => void): NodeJS.Timeout | undefined {
    const waits = [...this.#limits.values()].flatMap(limit => limit.wait() ?? [])
    return waits.length === 0 ? undefined : setTimeout(call, Math.min(...waits)).unref()
  }

  /** Counts a job that is to start, now or when others of the process have ended. */
  take (task: string): void {
    this.#limits.get(task)?.take()
  }

  /** Counts a job that was taken and starts: the rate is one of starts. */
  start (task: string): void {
    this.#limits.get(task)?.start()
  }

  /** Counts a job that has ended. */
  give (task: string): void {
    this.#limits.get(task)?.give()
  }
}
