/**
 * Schedules of tasks: cron expressions, parsed by croner.
 *
 * @module
 */

import type { Cron } from 'croner'
import { optionalPeer } from '../core/peer.ts'
import { APIKIT_ERR_TASK } from './errors.ts'
import type { AnyTask } from './task.ts'

/** A task with a schedule. */
export interface Scheduled {
  readonly task: AnyTask
  readonly cron: string
  readonly timezone: string
  /** JSON. */
  readonly payload: string
  /** Returns the next time after this one. */
  next (after: Date): Date
}

/** Key of scheduled jobs. A job that has not finished prevents the next. */
export const SCHEDULE_KEY = 'schedule'

/** @throws APIKIT_ERR_TASK, APIKIT_ERR_TASK_PAYLOAD or APIKIT_ERR_MISSING_PEER */
export function scheduledOf (tasks: Iterable<AnyTask>): Scheduled[] {
  return [...tasks].flatMap(task => {
    const { name, schedule, codec } = task
    if (schedule === undefined) return []
    const { cron, timezone, payload } = schedule
    const { Cron: Pattern } = optionalPeer<{ Cron: typeof Cron }>('fastify-apikit/tasks: schedules', 'croner')
    let pattern: Cron
    try {
      const fields = cron.trim().split(/\s+/).length
      // In croner's own words there may be six or seven. A nickname, `@daily`, is one.
      if (fields !== 5 && !cron.startsWith('@')) throw new TypeError(`it must have five fields (minute, hour, day, month, weekday), got ${fields}`)
      pattern = new Pattern(cron, { timezone, paused: true, mode: '5-part' })
      if (pattern.nextRun() === null) throw new TypeError('it never occurs')
    } catch (error) {
      throw new APIKIT_ERR_TASK(`${name}: invalid schedule ${JSON.stringify(cron)} in ${timezone}: ${String(Object(error).message)}`)
    }
    // Five fields have no year, so a time that occurs once occurs again.
    return [{ task, cron, timezone, payload: codec.encode(payload), next: after => pattern.nextRun(after) as Date }]
  })
}
