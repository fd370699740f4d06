/**
 * Ratios of pairs: one run of ours and one of theirs, made side by side.
 *
 * @module
 */

/** A ratio and how well its pairs agree. */
export interface Ratio {
  readonly median: number
  /** The middle half of the pairs. */
  readonly quartiles: readonly [number, number]
  readonly pairs: number
  /** False when the pairs disagree so widely that the median means nothing. */
  readonly agrees: boolean
}

/** The middle half of the pairs may span so much of the median. */
const WIDEST = 0.25

export function ratioOf (ours: readonly number[], theirs: readonly number[]): Ratio {
  const pairs = ours.map((value, index) => value / (theirs[index] ?? NaN))
  const [low, median, high] = [quantile(pairs, 0.25), quantile(pairs, 0.5), quantile(pairs, 0.75)]
  return { median, quartiles: [low, high], pairs: pairs.length, agrees: (high - low) / median <= WIDEST }
}

export function median (values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Between two values when none stands at the place asked for. */
function quantile (values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * at
  const [below = NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}
