/**
 * Runs schedules in this process.
 *
 * @module
 */

import type { Engine } from './engine.ts'
import { newJob } from './app-tasks.ts'
import { SCHEDULE_KEY, type Scheduled } from './cron.ts'
import { LONGEST_TIMER } from './timers.ts'

/** Adds the jobs of schedules while the process runs. */
export class InlineSchedule {
  readonly #timers = new Map<Scheduled, NodeJS.Timeout>()

  start (scheduled: readonly Scheduled[], engine: Engine): void {
    for (const one of scheduled) this.#wait(one, engine, one.next(new Date()))
  }

  #wait (scheduled: Scheduled, engine: Engine, at: Date): void {
    const left = at.getTime() - Date.now()
    const timer = setTimeout(() => {
      if (left > LONGEST_TIMER) return this.#wait(scheduled, engine, at)
      const { task, payload } = scheduled
      engine.add([newJob(task, payload, { uniqueKey: SCHEDULE_KEY })])
      // Times that were missed, such as while the machine slept, are one run. If the clock was set back, the time does not come twice.
      this.#wait(scheduled, engine, scheduled.next(new Date(Math.max(at.getTime(), Date.now()))))
    }, Math.min(left, LONGEST_TIMER))
    this.#timers.set(scheduled, timer.unref())
  }

  stop (): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }
}
