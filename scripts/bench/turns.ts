/**
 * The order in which the slices of two sides are measured.
 *
 * @module
 */

/** Index of a side: ours is 0, theirs is 1. */
export type Side = 0 | 1

/**
 * Returns the sides in the order ABBA ABBA …, so that a machine that slows down slows both equally.
 *
 * @param slices slices of each side
 * @param first the side that begins
 */
export function turnsOf (slices: number, first: Side): Side[] {
  const second = first === 0 ? 1 : 0
  return Array.from({ length: slices }, (_, round): Side[] => round % 2 === 0 ? [first, second] : [second, first]).flat()
}
