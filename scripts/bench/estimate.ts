/**
 * Statistics of a duel: the cost of a side, and the ratio of both with an interval.
 *
 * @module
 */

/** The mean ratio of several pairs of processes. */
export interface Estimate {
  /** Geometric mean, so that swapping the sides gives the inverse. */
  readonly mean: number
  /** 95 % interval of the mean: Student's t over the logarithms. */
  readonly interval: readonly [low: number, high: number]
  readonly pairs: number
}

/** Two-sided 95 % quantiles of Student's t, for 1, 2, … degrees of freedom. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
  2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
]

/**
 * Returns the geometric mean of ratios and its interval.
 *
 * @param ratios one per pair, at least two
 */
export function estimateOf (ratios: readonly number[]): Estimate {
  const logs = ratios.map(Math.log)
  const mean = meanOf(logs)
  const freedom = logs.length - 1
  const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / freedom)
  // Beyond the table, off by less than 0.003.
  const half = (T[freedom - 1] ?? 1.96 + 2.4 / freedom) * deviation / Math.sqrt(logs.length)
  return { mean: Math.exp(mean), interval: [Math.exp(mean - half), Math.exp(mean + half)], pairs: logs.length }
}

/** Returns the mean of the fastest third: on a busy machine, the other slices measure the neighbours. */
export function fastestThird (costs: readonly number[]): number {
  return meanOf(costs.toSorted((a, b) => a - b).slice(0, Math.ceil(costs.length / 3)))
}

function meanOf (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
