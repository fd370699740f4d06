/**
 * Measures pairs of fresh processes that take turns in short slices.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import type { Mode } from './bar.ts'
import { stop } from './child.ts'
import { type Contestant, inProcess, overSockets, startDriver } from './contestant.ts'
import { coresToUse } from './cores.ts'
import { fastestThird } from './estimate.ts'
import type { Load } from './wire.ts'
import { type Side, turnsOf } from './turns.ts'

/** How closely to measure. */
export interface Effort {
  readonly pairs: number
  /** Slices of each side in a pair. */
  readonly slices: number
  /** Requests of each side before its first slice. */
  readonly warmUp: number
}

/** One of the two sides. */
export interface Entry {
  /** Path of a module in `apps/`. */
  readonly module: string
  readonly load: Load
}

export type Entries = readonly [ours: Entry, theirs: Entry]

/** What a request costs each side. */
export type Costs = readonly [ours: number, theirs: number]

export interface Pair {
  /** Microseconds of CPU time. */
  readonly cpu: Costs
  /** Bytes of the JavaScript heap: in process only. */
  readonly bytes?: Costs
}

/** Requests of a slice. A multiple of the connections. */
const REQUESTS = 3200
/** Requests over which bytes are counted. */
const COUNTED = 16_000

/** @param sameAnswers whether both sides must answer the same */
export async function measurePairs (entries: Entries, mode: Mode, sameAnswers: boolean, { pairs, slices, warmUp }: Effort): Promise<Pair[]> {
  const cores = coresToUse()
  const driver = mode === 'socket' ? await startDriver(cores) : undefined
  const begin = async ({ module, load }: Entry): Promise<Contestant> => driver === undefined ? inProcess(module, load, cores) : overSockets(module, load, cores, driver)
  const measured: Pair[] = []
  try {
    for (let pair = 0; pair < pairs; pair++) {
      const contestants: Contestant[] = []
      try {
        // The side that starts first changes from pair to pair, too.
        const first: Side = pair % 2 === 0 ? 0 : 1
        for (const entry of inOrder(entries, first)) contestants.push(await begin(entry))
        const both = inOrder([contestants[0] as Contestant, contestants[1] as Contestant], first)
        if (sameAnswers) await compare(both)
        measured.push(await measure(both, turnsOf(slices, first), warmUp))
      } finally {
        for (const contestant of contestants) await contestant.stop()
      }
    }
  } finally {
    if (driver !== undefined) await stop(driver)
  }
  return measured
}

/** Swaps the two sides if theirs is first. Swapping again puts them back. */
function inOrder<Item> ([a, b]: readonly [Item, Item], first: Side): readonly [Item, Item] {
  return first === 0 ? [a, b] : [b, a]
}

/** Both must do the same work, or the figures mean nothing. */
async function compare (both: readonly [Contestant, Contestant]): Promise<void> {
  const [ours, theirs] = [await both[0].answer(), await both[1].answer()]
  if (!isDeepStrictEqual(ours, theirs)) throw new Error(`Answers differ: ${JSON.stringify(ours)} and ${JSON.stringify(theirs)}`)
}

async function measure (both: readonly [Contestant, Contestant], turns: readonly Side[], warmUp: number): Promise<Pair> {
  for (let done = 0; done < warmUp; done += REQUESTS) {
    for (const contestant of both) await contestant.cpu(REQUESTS)
  }
  const slices: [number[], number[]] = [[], []]
  for (const side of turns) slices[side].push(await both[side].cpu(REQUESTS) / REQUESTS)
  const cpu = [fastestThird(slices[0]), fastestThird(slices[1])] as const

  const [ours, theirs] = [await both[0].bytes?.(COUNTED), await both[1].bytes?.(COUNTED)]
  return ours === undefined || theirs === undefined ? { cpu } : { cpu, bytes: [ours / COUNTED, theirs / COUNTED] }
}
