/**
 * A whole deployment under load, of which parts fail: `npm run hardening -- fleet [--seconds 60] [--clients 20]`, with PostgreSQL
 * at `TEST_POSTGRES_URL`.
 *
 * Two servers of two processes, and two job workers, on one PostgreSQL. Under load, all processes of the servers are replaced, one
 * of them is killed, then a whole server, then a job worker, and PostgreSQL is cut off for two seconds.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { hearingProcesses, readyProcesses } from './fleet/afterwards.ts'
import type { FleetEnv } from './fleet/app.ts'
import { ask } from './fleet/ask.ts'
import { FleetDatabase } from './fleet/database.ts'
import { Load } from './fleet/load.ts'
import { type Process, type Server, startServer, startWorker } from './fleet/processes.ts'
import { type Findings, tableOf, verdict } from './fleet/verdict.ts'
import type { Kind, Window } from './fleet/windows.ts'
import { suite } from './suite.ts'

const [SERVERS, PROCESSES, WORKERS] = [2, 2, 2]

/** Milliseconds that PostgreSQL is away. */
const AWAY = 2000

/** Milliseconds in which failures belong to a kill, and to PostgreSQL's return. */
const [KILL, RETURN] = [2000, 6000]

/** Milliseconds in which the processes of a killed server must end. */
const ORPHANS = 10_000

/** Milliseconds without a job done after which the rest is given up. Those of a killed worker wait for ten seconds. */
const PATIENCE = 30_000

/** A schedule is due within a second, and later if the process that looked for it was killed. */
const [MINUTE, LATE] = [60_000, 65_000]

export const fleet = suite('Two servers and two job workers on one PostgreSQL, parts of which fail under load', {
  seconds: { about: 'Least seconds of load', default: 60 },
  clients: { about: 'Clients at once', default: 20 }
}, async ({ seconds, clients }) => {
  const database = new FleetDatabase()
  const processes: Process[] = []
  try {
    await database.open()
    const env: FleetEnv = { FLEET_URL: database.url, FLEET_SECRET: randomBytes(32).toString('hex') }
    const keep = async <P extends Process>(starting: Promise<P>): Promise<P> => {
      const started = await starting
      processes.push(started)
      return started
    }
    const servers = await all(SERVERS, index => keep(startServer(`server ${index}`, PROCESSES, env)))
    const workers = await all(WORKERS, index => keep(startWorker(`job worker ${index}`, env)))
    const readyAt = Date.now()

    const load = new Load(servers.map(({ origin }) => origin), clients)
    const { windows, served, orphaned, endedAt } = await failing({
      servers,
      workers,
      database,
      seconds,
      startWorkerAgain: () => keep(startWorker('job worker 3', env)),
      startServerAgain: origin => keep(startServer('server 3', PROCESSES, env, new URL(origin).port))
    })
    const ledger = await load.end()

    const due = minutes(readyAt, endedAt)
    await finished(database, ledger.jobs, due)
    const origins = servers.map(({ origin }) => origin)
    const ready = await readyProcesses(origins, SERVERS * PROCESSES)
    const heard = await hearingProcesses(origins, SERVERS * PROCESSES, 2 ** 31 - 1)
    const exits = await Promise.all(processes.filter(({ isKilled }) => !isKilled).map(process => process.end()))
    const findings: Findings = {
      clients,
      ledger,
      windows,
      served,
      orphaned,
      due,
      ready,
      heard,
      exits,
      servers: SERVERS * PROCESSES,
      writes: await database.numbers('writes'),
      orders: await database.numbers('orders'),
      runs: await database.numbers('runs'),
      ticks: await database.tickedMinutes()
    }
    const rows = verdict(findings)
    console.log(tableOf(rows))
    const wrong = rows.filter(({ holds }) => !holds)
    if (wrong.length > 0) explain(processes)
    return wrong.map(({ what, figure, goal }) => `${what}: ${figure} (goal: ${goal})`)
  } finally {
    for (const { child } of processes) child.kill('SIGTERM')
    await Promise.all(processes.map(process => process.end()))
    await database.close()
  }
})

interface Fleet {
  readonly servers: readonly Server[]
  readonly workers: readonly Process[]
  readonly database: FleetDatabase
  readonly seconds: number
  readonly startWorkerAgain: () => Promise<unknown>
  /** At the address that it had. */
  readonly startServerAgain: (origin: string) => Promise<unknown>
}

/** One failure after the other, with some calm between. */
async function failing ({ servers, workers, database, seconds, startWorkerAgain, startServerAgain }: Fleet): Promise<Pick<Findings, 'windows' | 'served' | 'orphaned'> & { endedAt: number }> {
  const begun = performance.now()
  const windows: Window[] = []
  const window = async (kind: Kind, trouble: () => Promise<unknown>, least = 0): Promise<void> => {
    await delay(seconds * 1000 / 12)
    const from = performance.now()
    await trouble()
    const to = Math.max(performance.now(), from + least)
    windows.push({ kind, from, to })
    await delay(Math.max(0, to - performance.now()))
    console.log(`${kind}: from second ${((from - begun) / 1000).toFixed(1)} to ${((to - begun) / 1000).toFixed(1)}`)
  }
  await window('roll', async () => {
    for (const server of servers) {
      server.child.kill('SIGHUP')
      await server.said('all workers are replaced')
    }
  })
  const [server, other, worker] = [servers[0], servers[1], workers[0]] as [Server, Server, Process]
  await window('kill', async () => {
    const { process: pid } = await ask(server.origin, { method: 'GET', path: '/health/live' }, false)
    process.kill(Number(pid), 'SIGKILL')
  }, KILL)
  await server.said('a worker listens', 2 * PROCESSES + 1)
  let orphaned = 0
  await window('host', async () => {
    await other.kill()
    if (!await other.isAllOver(ORPHANS)) orphaned++
    await startServerAgain(other.origin)
  })
  await window('worker', async () => {
    await worker.kill()
    await startWorkerAgain()
  })
  let served = Infinity
  await window('cut', async () => {
    await database.proxy.stop()
    await delay(AWAY)
    await database.proxy.start()
    served = await servedAfter(servers, performance.now())
  }, AWAY + RETURN)
  await delay(Math.max(0, seconds * 1000 - (performance.now() - begun)))
  return { windows, served, orphaned, endedAt: Date.now() }
}

/** Milliseconds until each server has read from PostgreSQL. */
async function servedAfter (servers: readonly Server[], back: number): Promise<number> {
  for (const { origin } of servers) {
    for (;;) {
      const { outcome } = await ask(origin, { method: 'GET', path: '/writes/1' }, false)
      if (outcome === 200 || outcome === 404 || performance.now() - back > PATIENCE) break
      await delay(10)
    }
  }
  return performance.now() - back
}

/** Minutes that began within a time. */
function minutes (from: number, to: number): number[] {
  const first = Math.ceil(from / MINUTE)
  return Array.from({ length: Math.max(0, Math.floor(to / MINUTE) - first + 1) }, (_, index) => first + index)
}

/** Waits until each job and each minute has run, or nothing has for a while. */
async function finished (database: FleetDatabase, jobs: readonly number[], due: readonly number[]): Promise<void> {
  let [last, before] = [Date.now(), -1]
  for (;;) {
    const runs = new Set(await database.numbers('runs'))
    const ticks = await database.tickedMinutes()
    const isDone = jobs.every(nr => runs.has(nr)) && due.every(minute => ticks.some(tick => tick.minute === minute && tick.runs > 0))
    const isLate = Date.now() > (due.at(-1) ?? 0) * MINUTE + LATE
    if (isDone || (isLate && Date.now() - last > PATIENCE)) return
    if (runs.size !== before) [before, last] = [runs.size, Date.now()]
    await delay(200)
  }
}

/** What the processes logged of errors, each once. */
function explain (processes: readonly Process[]): void {
  for (const { name, errors } of processes) {
    const counts = new Map<string, number>()
    for (const error of errors) counts.set(error, (counts.get(error) ?? 0) + 1)
    for (const [error, count] of counts) console.log(`${name}: ${count} × ${error}`)
  }
}

/** Rejects when one does not start, and the others have: they are to be ended. */
async function all<T> (count: number, start: (index: number) => Promise<T>): Promise<T[]> {
  const starting = Array.from({ length: count }, (_, index) => start(index + 1))
  await Promise.allSettled(starting)
  return await Promise.all(starting)
}
