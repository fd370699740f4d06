/**
 * How fast jobs flow, beside pg-boss alone.
 *
 * `npm run hardening -- flow [--jobs 10000] [--rounds 3] [--seconds 10]`, with PostgreSQL at `TEST_POSTGRES_URL`
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { suite } from './suite.ts'
import { backlog, bursts, idle, type Place, rawBacklog } from './tasks/flow.ts'

const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

/** Of raw pg-boss: the best counts. */
const BATCHES = [100, 500, 1000, 2000]

/** What must hold. */
const LEAST_SQLITE = 2000
const LEAST_SHARE = 0.8
const MOST_IDLE = 5
const LATEST_START = 100

/** Tasks of the idle worker. */
const TASKS = 30

export const flow = suite('Jobs a second, statements of an idle worker, start of a burst', {
  jobs: { about: 'Jobs of the backlog', default: 10_000 },
  rounds: { about: 'Times that each is measured. The median counts', default: 3 },
  seconds: { about: 'Seconds that an idle worker is watched', default: 10 }
}, async ({ jobs, rounds, seconds }) => {
  const wrong: string[] = []
  const expect = (holds: boolean, what: string): void => {
    console.log(what)
    if (!holds) wrong.push(what)
  }
  const sqlite = await timesOf(rounds, () => inFile(place => backlog(place, jobs)))
  expect(median(sqlite) >= LEAST_SQLITE, `sqlite: a backlog of ${jobs}: ${wordsOf(sqlite)} jobs/s, ≥ ${LEAST_SQLITE}`)
  const starts = await inFile(place => bursts(place, rounds * 3))
  expect(median(starts) <= LATEST_START, `sqlite: a burst starts after ${wordsOf(starts)} ms, ≤ ${LATEST_START}`)

  await inDatabase(async url => {
    const schema = (): string => `jobs_${randomUUID().slice(0, 8)}`
    const place = (): Place => ({ engine: 'pg-boss', url, schema: schema() })
    const ours: number[] = []
    const raw = new Map<number, number[]>(BATCHES.map(size => [size, []]))
    // In turns, since a machine is not equally fast all the time.
    for (let round = 0; round < rounds; round++) {
      ours.push(await backlog(place(), jobs))
      for (const [size, rates] of raw) rates.push(await rawBacklog(url, schema(), jobs, size))
    }
    const [size, best] = [...raw].sort(([, a], [, b]) => median(b) - median(a))[0] as [number, number[]]
    const share = median(ours) / median(best)
    expect(share >= LEAST_SHARE, `pg-boss: a backlog of ${jobs}: ${wordsOf(ours)} jobs/s, raw with its best batch (${size}) ${wordsOf(best)}: ${share.toFixed(2)}, ≥ ${LEAST_SHARE}`)
    const waits = await bursts(place(), rounds * 3)
    expect(median(waits) <= LATEST_START, `pg-boss: a burst from another app starts after ${wordsOf(waits)} ms, ≤ ${LATEST_START}`)
  })
  await inDatabase(async url => {
    const rate = await idle({ engine: 'pg-boss', url, schema: 'jobs' }, TASKS, seconds)
    expect(rate <= MOST_IDLE, `pg-boss: an idle worker of ${TASKS} tasks: ${rate.toFixed(1)} statements/s, ≤ ${MOST_IDLE}`)
  })
  return wrong
})

async function timesOf (rounds: number, measure: () => Promise<number>): Promise<number[]> {
  const all: number[] = []
  for (let round = 0; round < rounds; round++) all.push(await measure())
  return all
}

function median (all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] as number
}

function wordsOf (all: readonly number[]): string {
  return `${median(all).toFixed(0)} (${Math.min(...all).toFixed(0)}–${Math.max(...all).toFixed(0)})`
}

async function inFile<T> (measure: (place: Place) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'flow-'))
  try {
    return await measure({ engine: 'sqlite', url: `sqlite:${join(folder, 'app.db')}` })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** In a database of its own, whose counters are ours alone. */
async function inDatabase (measure: (url: string) => Promise<void>): Promise<void> {
  const name = `hardening_flow_${process.pid}`
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  await client.query(`create database ${name}`)
  try {
    const url = new URL(SERVER)
    url.pathname = name
    await measure(url.href)
  } finally {
    await client.query(`drop database ${name} with (force)`)
    await client.end()
  }
}
