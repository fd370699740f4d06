/**
 * How fast jobs flow: a backlog, an idle worker, a burst.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import db from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import tasks, { type AnyTask, task } from '../../../plugins/tasks/index.ts'

/** Where the jobs are. */
export type Place = { readonly engine: 'sqlite', readonly url: string } | { readonly engine: 'pg-boss', readonly url: string, readonly schema: string }

async function open (place: Place, list: readonly AnyTask[], work: boolean): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: 'error' } })
  for (const plugin of [errors, dependencies]) await app.register(plugin)
  await app.register(db, { url: place.url, migrate: true })
  await app.register(tasks, { tasks: list, work, ...place })
  return app
}

/** No-op jobs a second, of a backlog, until the last end is stored. */
export async function backlog (place: Place, jobs: number): Promise<number> {
  let left = jobs
  const { promise, resolve } = Promise.withResolvers<void>()
  const noop = task('noop', {}, () => { if (--left === 0) resolve() })
  const adding = await open(place, [noop], false)
  await adding.ready()
  await adding.tasks.addMany(noop, Array.from({ length: jobs }, () => ({})))
  await adding.close()
  const app = await open(place, [noop], true)
  await app.ready()
  const start = performance.now()
  await promise
  await app.tasks.drain()
  const took = performance.now() - start
  await app.close()
  return jobs / took * 1000
}

/** The same of pg-boss alone. */
export async function rawBacklog (url: string, schema: string, jobs: number, batchSize: number): Promise<number> {
  const boss = new PgBoss({ connectionString: url, schema, supervise: false, schedule: false })
  await boss.start()
  await boss.createQueue('noop')
  await boss.insert('noop', Array.from({ length: jobs }, () => ({ data: {} })))
  let left = jobs
  const { promise, resolve } = Promise.withResolvers<void>()
  const start = performance.now()
  await boss.work('noop', { batchSize, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true }, async batch => {
    left -= batch.length
    if (left <= 0) resolve()
  })
  await promise
  await boss.offWork('noop', { wait: true })
  const took = performance.now() - start
  await boss.stop()
  return jobs / took * 1000
}

/** Transactions a second of an idle worker, by the counters of its database, in which nothing else is. */
export async function idle (place: Place, count: number, seconds: number): Promise<number> {
  const app = await open(place, Array.from({ length: count }, (_, index) => task(`task-${index}`, {}, () => {})), true)
  await app.ready()
  const client = new pg.Client({ connectionString: place.url })
  await client.connect()
  const transactions = async (): Promise<number> => {
    // Idle backends report what they did, at the start too, within ten seconds.
    await sleep(12_000)
    await client.query('select pg_stat_clear_snapshot()')
    const { rows } = await client.query<{ count: string }>('select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()')
    return Number(rows[0]?.count)
  }
  const before = await transactions()
  const start = performance.now()
  await sleep(seconds * 1000)
  const after = await transactions()
  const took = (performance.now() - start) / 1000
  await client.end()
  await app.close()
  return (after - before) / took
}

/** Milliseconds from the end of `addMany` in another app to the first start, in each round. Of SQLite: in the app itself. */
export async function bursts (place: Place, rounds: number): Promise<number[]> {
  let started = Promise.withResolvers<number>()
  const noop = task('noop', {}, () => { started.resolve(performance.now()) })
  const worker = await open(place, [noop], true)
  await worker.ready()
  const adding = place.engine === 'sqlite' ? worker : await open(place, [noop], false)
  await adding.ready()
  const waits: number[] = []
  for (let round = 0; round < rounds; round++) {
    await worker.tasks.drain()
    await sleep(300)
    started = Promise.withResolvers()
    await adding.tasks.addMany(noop, Array.from({ length: 100 }, () => ({})))
    const added = performance.now()
    waits.push(Math.max(0, await started.promise - added))
  }
  await worker.tasks.drain()
  if (adding !== worker) await adding.close()
  await worker.close()
  return waits
}
