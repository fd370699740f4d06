/** One promise of the web's room, tried. */
export interface Row {
  readonly promise: string
  /** `0 of 312 read a file that is not theirs`. */
  readonly figure: string
  /** What is not as promised. */
  readonly wrong: readonly string[]
}

/** @param what has happened to those that are wrong */
export function counted (promise: string, tried: number, what: string, wrong: readonly string[]): Row {
  return { promise, figure: `${wrong.length} of ${tried} ${what}`, wrong: wrong.map(one => `${promise}: ${one}`) }
}
