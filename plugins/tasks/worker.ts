/**
 * Takes jobs from a store and runs them. It takes more than it runs when they are short, and stores their ends together, since
 * both cost a round trip.
 *
 * @module
 */

import { type Attempts, type Ending, release } from './attempt.ts'
import type { Claimed, DurableOptions, Outcome, Store, Want } from './durable.ts'
import { APIKIT_ERR_TASK_CANCELLED, APIKIT_ERR_TASK_LOST } from './errors.ts'
import { Limits } from './limits.ts'
import { Loop } from './loop.ts'
import { progressOf } from './progress.ts'
import { Upkeep } from './upkeep.ts'

/** Most jobs that are taken at once. */
const MOST = 2000

/** Milliseconds of work that are taken in advance. */
const AHEAD = 200

/** Milliseconds after which a taken job that could not start is put back, for other processes. */
const PATIENCE = 1000

/** Most milliseconds between two signs of life. */
const BEAT = 1000

/** Times that the ends of jobs are tried to be stored when the app closes. */
const LAST_TRIES = 3

/** A job that this process has taken. */
interface Held {
  readonly job: Claimed
  readonly over: AbortController
  readonly takenAt: number
  readonly settled: PromiseWithResolvers<void>
  /** What is to be stored, when it has ended. */
  ending?: Outcome['ending']
  /** Its end is being stored, or is stored. */
  isStoring: boolean
}

export class Worker {
  readonly #store: Store
  readonly #options: DurableOptions
  readonly #attempts: Attempts
  readonly #limits: Limits
  readonly #unlimited: readonly string[]
  readonly #loop: Loop
  readonly #upkeep: Upkeep
  readonly #held = new Map<string, Held>()
  /** Taken, and not started. */
  #waiting: Held[] = []
  #running = 0
  /** Milliseconds that a job takes, on average. */
  #average = Infinity
  /** Ended, and not stored. */
  #ended: Held[] = []
  #flushing: Promise<void> | undefined
  #isStopped = false
  #timer: NodeJS.Timeout | undefined
  #beating: Promise<void> | undefined
  /** Wakes as soon as a rate allows another job. */
  #again: NodeJS.Timeout | undefined

  constructor (store: Store, options: DurableOptions, attempts: Attempts) {
    const { tasks, pollInterval, log } = options
    this.#store = store
    this.#options = options
    this.#attempts = attempts
    this.#limits = new Limits(tasks.values())
    this.#upkeep = new Upkeep(store, options)
    const limited = this.#limits.names
    this.#unlimited = [...tasks.keys()].filter(name => !limited.includes(name))
    this.#loop = new Loop(pollInterval, () => this.#turn(), error => {
      log.error({ err: error }, 'the task queue cannot be read. It will be tried again')
    })
  }

  start (): void {
    this.#timer = setInterval(() => { this.#beating ??= this.#beat().finally(() => { this.#beating = undefined }) }, Math.min(BEAT, this.#options.lease / 3))
    this.#loop.start()
  }

  /** There may be a job. */
  wake (): void {
    this.#loop.wake()
  }

  /** Calls a job off that runs here. */
  callOff (id: string, why: 'cancelled' | 'lost'): void {
    const held = this.#held.get(id)
    if (held === undefined) return
    const { job: { task } } = held
    held.over.abort(why === 'cancelled' ? new APIKIT_ERR_TASK_CANCELLED(task) : new APIKIT_ERR_TASK_LOST(task))
    if (this.#waiting.includes(held)) {
      this.#waiting = this.#waiting.filter(other => other !== held)
      this.#forget(held)
    }
  }

  /** Takes no more jobs, and puts those back that have not started. */
  async stop (): Promise<void> {
    this.#isStopped = true
    await this.#loop.stop()
    this.#putBack(() => true)
  }

  /** Called when nothing runs any more. */
  async end (): Promise<void> {
    clearInterval(this.#timer)
    clearTimeout(this.#again)
    await this.#upkeep.end()
    await this.#beating
    await this.#flushing
  }

  /** Takes as many jobs as are worth it. */
  async #turn (): Promise<boolean> {
    await this.#upkeep.prepare()
    const wants = this.#wants()
    if (wants.length === 0) return false
    const claimed = await this.#store.claim(wants, new Set(this.#held.keys()))
    for (const job of claimed) {
      const before = this.#held.get(job.id)
      // It was taken for dead and has the job again, whose attempt or end it still has. Else the end was just stored.
      if (before !== undefined && !before.isStoring) continue
      const held: Held = { job, over: new AbortController(), takenAt: performance.now(), settled: Promise.withResolvers(), isStoring: false }
      this.#held.set(job.id, held)
      this.#waiting.push(held)
      this.#limits.take(job.task)
      this.#options.runner.track(held.settled.promise)
    }
    this.#fill()
    return claimed.length > 0
  }

  #wants (): Want[] {
    const { concurrency } = this.#options
    const ahead = Math.min(MOST, Math.max(concurrency, Math.round(concurrency * AHEAD / this.#average)))
    // A few more are not worth a statement while there are enough.
    if (this.#waiting.length > (ahead - concurrency) / 2) return []
    const free = concurrency - this.#running - this.#waiting.length
    // Those whose ends are being stored are held, too.
    const limit = ahead > concurrency ? Math.min(free + ahead, concurrency + 2 * ahead - this.#held.size) : free
    if (limit <= 0) return []
    const limited = this.#limits.names.map(task => ({ tasks: [task], limit: Math.min(limit, this.#limits.room(task)) }))
    return [{ tasks: this.#unlimited, limit }, ...limited].filter(({ tasks, limit }) => tasks.length > 0 && limit > 0)
  }

  #fill (): void {
    const { concurrency } = this.#options
    const start = this.#waiting.splice(0, Math.max(0, concurrency - this.#running))
    for (const held of start) this.#run(held)
    this.#again ??= this.#limits.wake(() => {
      this.#again = undefined
      this.#loop.wake()
    })
  }

  async #run (held: Held): Promise<void> {
    this.#running++
    const start = performance.now()
    const running = this.#attempts.run(held.job, held.over, progressOf(this.#store, held.job))
    // Behind the call: the rate counts from when the work itself began.
    this.#limits.start(held.job.task)
    const ending = await running
    const took = performance.now() - start
    this.#average = this.#average === Infinity ? took : this.#average * 0.9 + took * 0.1
    this.#running--
    this.#end(held, ending)
    this.#fill()
    this.#loop.wake()
  }

  #end (held: Held, ending: Ending): void {
    if (ending.state === 'cancelled' || ending.state === 'lost') return this.#forget(held)
    held.ending = ending
    this.#ended.push(held)
    this.#flushing ??= this.#flush().finally(() => { this.#flushing = undefined })
  }

  #forget (held: Held): void {
    if (this.#held.get(held.job.id) === held) this.#held.delete(held.job.id)
    this.#limits.give(held.job.task)
    held.settled.resolve()
  }

  /** Stores the ends of jobs: all that there are by then in one go. */
  async #flush (): Promise<void> {
    let tries = 0
    // So that jobs that end in the same turn are stored together.
    await new Promise(resolve => { setImmediate(resolve) })
    while (this.#ended.length > 0) {
      const ended = this.#ended.splice(0, MOST)
      for (const held of ended) held.isStoring = true
      try {
        await this.#store.settle(ended.map(({ job, ending }) => ({ job, ending: ending as Outcome['ending'] })))
        tries = 0
        for (const held of ended) this.#forget(held)
        this.#loop.wake()
      } catch (error) {
        const isLast = this.#isStopped && ++tries >= LAST_TRIES
        this.#options.log.error({ err: error, tasks: [...new Set(ended.map(({ job }) => job.task))], jobs: ended.length },
          isLast ? 'the result of a task cannot be stored. The task will run again' : 'the result of a task cannot be stored. It will be tried again')
        for (const held of ended) {
          // Not if it was taken anew.
          if (isLast || this.#held.get(held.job.id) !== held) this.#forget(held)
          else {
            held.isStoring = false
            this.#ended.push(held)
          }
        }
        await new Promise(resolve => { setTimeout(resolve, this.#options.pollInterval) })
      }
    }
  }

  /** Puts jobs back that have not started. */
  #putBack (isOver: (held: Held) => boolean): void {
    const over = this.#waiting.filter(isOver)
    this.#waiting = this.#waiting.filter(held => !over.includes(held))
    // None is taken in advance until it is known again how long jobs take.
    if (over.length > 0) this.#average = Infinity
    for (const held of over) this.#end(held, release(held.job))
  }

  async #beat (): Promise<void> {
    const now = performance.now()
    this.#putBack(({ takenAt }) => now - takenAt > PATIENCE)
    if (this.#held.size === 0) return
    const before = new Map(this.#held)
    try {
      const gone = await this.#store.beat([...before.values()].map(({ job }) => job))
      // Not a later claim of the same job.
      for (const [id, why] of gone) if (this.#held.get(id) === before.get(id)) this.callOff(id, why)
    } catch (error) {
      this.#options.log.error({ err: error }, 'the lease of running tasks cannot be renewed')
    }
  }
}
