/**
 * What a bar is, and what it finds.
 *
 * @module
 */

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
  /** Ours by theirs. */
  readonly ratio?: Ratio
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

/** How long to measure. */
export interface Settings {
  readonly pairs: number
  /** Seconds of load for each variant in a pair. */
  readonly seconds: number
}

export type Verdict = 'reached' | 'falls short' | 'no verdict' | ''

export function verdictOf ({ ratio, figure, goal }: Finding): Verdict {
  if (goal?.atLeast === undefined && goal?.atMost === undefined) return ''
  if (ratio?.agrees === false) return 'no verdict'
  const value = ratio?.median ?? figure ?? NaN
  return value >= (goal.atLeast ?? -Infinity) && value <= (goal.atMost ?? Infinity) ? 'reached' : 'falls short'
}
