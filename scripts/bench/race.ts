/**
 * Servers side by side under the same load: for every pair fresh processes, warmed up, and then
 * A B A B … in short slices, so that what else the machine does falls upon all of them.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import type { Finding, Goal, Settings } from './bar.ts'
import type { Load } from './wire.ts'
import { Server, type Work } from './load.ts'
import { median, ratioOf } from './ratio.ts'

/** A server that takes part. */
export interface Variant {
  readonly name: string
  readonly module: string
  /** Where it answers otherwise than the rest: another path, another status. */
  readonly load?: Partial<Load>
  /** For our figure beside it. */
  readonly goal?: Goal
}

export interface Race {
  /** What the requests do. */
  readonly what: string
  readonly load: Load
  readonly ours: Variant
  readonly others: readonly Variant[]
  /** Whether all answers must be equal; they must, unless errors differ by nature. */
  readonly sameAnswers?: boolean
}

const PAIRS = 7
const SLICES = 3
const WARM_UP = 1

export async function race ({ what, load, ours, others, sameAnswers = true }: Race, { pairs = PAIRS, seconds }: Settings): Promise<Finding[]> {
  const variants = [ours, ...others]
  const works = variants.map((): Work[] => [])
  for (let pair = 0; pair < pairs; pair++) {
    const done = await once(variants, load, seconds, pair % 2 === 1, sameAnswers)
    done.forEach((work, index) => works[index]?.push(work))
  }
  const [our = []] = works
  return others.flatMap((other, index): Finding[] => {
    const their = works[index + 1] ?? []
    return [{
      what: `${what}: requests per second`,
      beside: other.name,
      ratio: ratioOf(our.map(speed), their.map(speed)),
      ...other.goal === undefined ? {} : { goal: other.goal },
      note: `${figure(our.map(speed))} / ${figure(their.map(speed))} requests/s`
    }, {
      what: `${what}: CPU per request`,
      beside: other.name,
      ratio: ratioOf(our.map(cost), their.map(cost)),
      note: `${median(our.map(cost)).toFixed(1)} / ${median(their.map(cost)).toFixed(1)} µs`
    }]
  })
}

/** One run of every variant, in slices that take turns. */
async function once (variants: readonly Variant[], load: Load, seconds: number, backwards: boolean, sameAnswers: boolean): Promise<Work[]> {
  const servers: Server[] = []
  try {
    for (const { module } of variants) servers.push(await Server.start(module))
    const runs = variants.map(({ load: own }, index) => ({ server: servers[index] as Server, load: { ...load, ...own }, works: [] as Work[] }))
    if (sameAnswers) await compare(runs)
    const order = backwards ? [...runs].reverse() : runs
    for (const { server, load } of order) await server.load(load, WARM_UP)
    for (let slice = 0; slice < SLICES; slice++) {
      for (const { server, load, works } of order) works.push(await server.load(load, seconds / SLICES))
    }
    return runs.map(({ works }) => works.reduce(add))
  } finally {
    for (const server of servers) await server.stop()
  }
}

/** All must do the same work, or the figures mean nothing. */
async function compare (runs: ReadonlyArray<{ server: Server, load: Load }>): Promise<void> {
  const answers: unknown[] = []
  for (const { server, load } of runs) answers.push(await server.answer(load))
  const different = answers.find(answer => !isDeepStrictEqual(answer, answers[0]))
  if (different !== undefined) throw new Error(`answers differ: ${JSON.stringify(answers[0])} and ${JSON.stringify(different)}`)
}

function add (a: Work, b: Work): Work {
  return { requests: a.requests + b.requests, seconds: a.seconds + b.seconds, cpu: a.cpu + b.cpu }
}

function speed ({ requests, seconds }: Work): number {
  return requests / seconds
}

function cost ({ cpu, requests }: Work): number {
  return cpu / requests
}

function figure (values: readonly number[]): string {
  return Math.round(median(values)).toLocaleString('en')
}
