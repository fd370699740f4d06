/**
 * What a bar is, and what it finds.
 *
 * @module
 */

import type { Estimate } from './estimate.ts'
import type { Ratio } from './ratio.ts'

/** A ratio that must be reached, or a figure that must not be passed. */
export interface Goal {
  readonly atLeast?: number
  readonly atMost?: number
}

/** One line of the results. */
export interface Finding {
  /** What was measured: `requests per second`. */
  readonly what: string
  /** Beside whom; empty for a figure that stands for itself. */
  readonly beside?: string
  /** Ours by theirs, the median of a race. */
  readonly ratio?: Ratio
  /** Ours by theirs, the mean of a duel. */
  readonly estimate?: Estimate
  /** A figure of ours, for a goal that is no ratio. */
  readonly figure?: number
  readonly unit?: string
  readonly goal?: Goal
  /** The absolute figures, for the eye: `12,345 / 11,900 requests/s`. */
  readonly note?: string
}

export interface Bar {
  readonly id: string
  readonly title: string
  run (settings: Settings): Promise<Finding[]>
}

/** How requests reach the apps of a duel: over sockets, or within their processes. */
export const MODES = ['socket', 'process'] as const
export type Mode = typeof MODES[number]

/** How long and how to measure. */
export interface Settings {
  /** Pairs of processes. Default: what the bar sets. */
  readonly pairs?: number
  /** Seconds of load for each variant in a pair of a race. */
  readonly seconds: number
  /** Modes in which duels are measured. */
  readonly modes: readonly Mode[]
  /** Whether duels also compare ours with itself. */
  readonly control: boolean
}

export type Verdict = 'reached' | 'reached, uncertain' | 'falls short' | 'falls short, uncertain' | 'no verdict' | ''

/** Returns whether the goal is reached. That is uncertain if the goal lies within the interval of the estimate. */
export function verdictOf ({ ratio, estimate, figure, goal = {} }: Finding): Verdict {
  const { atLeast = -Infinity, atMost = Infinity } = goal
  if (atLeast === -Infinity && atMost === Infinity) return ''
  if (ratio?.agrees === false) return 'no verdict'
  const isReached = (value: number): boolean => value >= atLeast && value <= atMost
  const verdict = isReached(ratio?.median ?? estimate?.mean ?? figure ?? NaN) ? 'reached' : 'falls short'
  const isUncertain = estimate !== undefined && isReached(estimate.interval[0]) !== isReached(estimate.interval[1])
  return isUncertain ? `${verdict}, uncertain` : verdict
}
