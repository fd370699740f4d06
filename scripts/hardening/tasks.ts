/**
 * Workers that are killed, told to stop, and side by side: no task is lost.
 *
 * `npm run hardening -- tasks [--engine sqlite] [--jobs 1000] [--kills 20]`, with PostgreSQL at `TEST_POSTGRES_URL`
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { suite } from './suite.ts'
import { note, open, type Place, runs } from './tasks/app.ts'

const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

/** Seconds without a job done after which the rest is given up: more than any lease. */
const PATIENCE = 60

const ENGINES = ['sqlite', 'pg-boss'] as const

export const tasks = suite('Workers killed, told to stop, and side by side', {
  engine: { about: 'Only this engine; both without it', choices: ENGINES },
  jobs: { about: 'Jobs in each trial', default: 1000 },
  kills: { about: 'Times that a worker is killed', default: 20 }
}, async ({ engine: only, jobs, kills }) => {
  const wrong: string[] = []
  for (const engine of only === undefined ? ENGINES : [only]) {
    wrong.push(...await within(engine, place => killed(place, jobs, kills)))
    wrong.push(...await within(engine, place => stopped(place, jobs)))
    wrong.push(...await within(engine, place => shared(place, jobs)))
  }
  return wrong
})

/** Runs a trial in a place of its own. */
async function within (engine: Place['engine'], trial: (place: Place) => Promise<string[]>): Promise<string[]> {
  const found = await (engine === 'sqlite' ? inFile(trial) : inSchema(trial))
  return found.map(what => `${engine}: ${what}`)
}

async function inFile (trial: (place: Place) => Promise<string[]>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tasks-'))
  try {
    return await trial({ engine: 'sqlite', url: `sqlite:${join(folder, 'app.db')}`, schema: '' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function inSchema (trial: (place: Place) => Promise<string[]>): Promise<string[]> {
  const name = `hardening_${process.pid}`
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  await client.query(`create schema if not exists ${name}`)
  try {
    return await trial({ engine: 'pg-boss', url: `${SERVER}?options=-csearch_path%3D${name}`, schema: `${name}_jobs` })
  } finally {
    await client.query(`drop schema ${name} cascade`)
    await client.query(`drop schema if exists ${name}_jobs cascade`)
    await client.end()
  }
}

async function start (place: Place, ...more: number[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'tasks', 'worker.ts'), [JSON.stringify(place), ...more.map(String)])
  const died = once(child, 'exit').then(([code, signal]) => { throw new Error(`a worker ended at its start: ${code ?? signal}`) })
  await Promise.race([once(child, 'message'), died]).finally(() => { died.catch(() => {}) })
  return child
}

async function end (child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const ended = once(child, 'exit')
  child.kill(signal)
  const [code] = await ended
  return code
}

interface Tally {
  /** Of all jobs, those that have run. */
  readonly done: number
  /** Runs beyond the first of each. */
  readonly again: number
  /** How many each worker ran. */
  readonly shares: readonly number[]
}

async function tally (app: FastifyInstance): Promise<Tally> {
  const rows = await app.db.of([runs]).selectFrom('runs').select(['number', 'worker']).execute()
  const shares = new Map<string, number>()
  for (const { worker } of rows) shares.set(worker, (shares.get(worker) ?? 0) + 1)
  const done = new Set(rows.map(({ number }) => number)).size
  return { done, again: rows.length - done, shares: [...shares.values()] }
}

/** Waits until all is done, or nothing has been for a while. */
async function finish (app: FastifyInstance, jobs: number): Promise<Tally> {
  let last = Date.now()
  let before = -1
  for (;;) {
    const now = await tally(app)
    if (now.done !== before) [before, last] = [now.done, Date.now()]
    const { queued, running } = await app.tasks.counts()
    if ((now.done >= jobs && queued + running === 0) || Date.now() - last > PATIENCE * 1000) return now
    await sleep(100)
  }
}

async function add (app: FastifyInstance, jobs: number): Promise<void> {
  for (let number = 0; number < jobs; number++) await app.tasks.add(note, { number })
}

/** A worker is killed in the middle, again and again. */
async function killed (place: Place, jobs: number, kills: number): Promise<string[]> {
  const app = await open(place, false)
  await add(app, jobs)
  for (let kill = 0; kill < kills; kill++) {
    const before = (await tally(app)).done
    const worker = await start(place)
    // So that there is something left to do after each.
    const step = (jobs - before) / (kills - kill + 1)
    while ((await tally(app)).done < before + Math.min(step, jobs / kills / 2)) await sleep(5)
    await end(worker, 'SIGKILL')
  }
  const began = Date.now()
  const worker = await start(place)
  const { done, again } = await finish(app, jobs)
  const { failed } = await app.tasks.counts()
  console.log(`${place.engine}: ${jobs} tasks, their worker killed ${kills} times: ${jobs - done} lost, ${again} run twice, ${failed} failed; the rest done ${((Date.now() - began) / 1000).toFixed(1)} s after the last kill`)
  await end(worker, 'SIGTERM')
  await app.close()
  return [...done < jobs ? [`${jobs - done} tasks were lost in ${kills} kills`] : [], ...failed > 0 ? [`${failed} tasks failed`] : []]
}

/** A worker is told to stop under load: what runs is finished, the rest is left for another. */
async function stopped (place: Place, jobs: number): Promise<string[]> {
  const app = await open(place, false)
  await add(app, jobs)
  const first = await start(place)
  while ((await tally(app)).done < jobs / 5) await sleep(5)
  const began = Date.now()
  const code = await end(first, 'SIGTERM')
  const took = Date.now() - began
  const { running } = await app.tasks.counts()
  const second = await start(place)
  const { done, again } = await finish(app, jobs)
  console.log(`${place.engine}: SIGTERM under load: ended with ${String(code)} after ${took} ms, ${running} left running, ${jobs - done} lost, ${again} run twice`)
  await end(second, 'SIGTERM')
  await app.close()
  return [...code === 0 ? [] : [`a worker ended with ${String(code)}`], ...running > 0 ? [`${running} tasks were left running`] : [], ...done < jobs || again > 0 ? [`after SIGTERM ${jobs - done} tasks were lost and ${again} ran twice`] : []]
}

/** Two processes add, two work. */
async function shared (place: Place, jobs: number): Promise<string[]> {
  const app = await open(place, false)
  const workers = [await start(place), await start(place)]
  const half = Math.floor(jobs / 2)
  const adding = [fork(join(import.meta.dirname, 'tasks', 'worker.ts'), [JSON.stringify(place), '0', String(half)]), fork(join(import.meta.dirname, 'tasks', 'worker.ts'), [JSON.stringify(place), String(half), String(jobs)])]
  await Promise.all(adding.map(child => once(child, 'exit')))
  const { done, again, shares } = await finish(app, jobs)
  console.log(`${place.engine}: two processes that add and two that work: ${jobs - done} lost, ${again} run twice, shares ${shares.join(' and ')}`)
  for (const worker of workers) await end(worker, 'SIGTERM')
  await app.close()
  const isShared = shares.length === 2 && shares.every(share => share > jobs / 5)
  return [...isShared ? [] : [`the work was shared as ${shares.join(' and ')}`], ...done < jobs || again > 0 ? [`${jobs - done} tasks were lost and ${again} ran twice among two workers`] : []]
}
