/**
 * When a task runs by itself: cron expressions, read by croner.
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
  /** The first moment after this one. */
  next (after: Date): Date
}

/** Jobs of a schedule have this key, so that one that is not done is not joined by the next. */
export const SCHEDULE_KEY = 'schedule'

/** @throws APIKIT_ERR_TASK, APIKIT_ERR_TASK_PAYLOAD, APIKIT_ERR_MISSING_PEER */
export function scheduledOf (tasks: Iterable<AnyTask>): Scheduled[] {
  return [...tasks].flatMap(task => {
    const { name, schedule, codec } = task
    if (schedule === undefined) return []
    const { cron, timezone, payload } = schedule
    const { Cron: Pattern } = optionalPeer<{ Cron: typeof Cron }>('fastify-apikit/tasks: schedules', 'croner')
    let pattern: Cron
    try {
      pattern = new Pattern(cron, { timezone, paused: true, mode: '5-part' })
      if (pattern.nextRun() === null) throw new TypeError('there is no such time')
    } catch (error) {
      throw new APIKIT_ERR_TASK(`${name}: the schedule ${JSON.stringify(cron)} in ${timezone} cannot be read: ${String(Object(error).message)}`)
    }
    // Five fields name no year: what comes once comes again.
    return [{ task, cron, timezone, payload: codec.encode(payload), next: after => pattern.nextRun(after) as Date }]
  })
}
