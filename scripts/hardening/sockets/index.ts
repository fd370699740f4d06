/**
 * Requests over sockets, each cut, slowed, pipelined or malformed at a random byte, against routes of every kind: nothing
 * that they have opened stays open.
 *
 * `npm run hardening -- sockets [--requests 20000] [--aborts 10000] [--seed N]`. PostgreSQL is tried where it is reached
 * (`TEST_POSTGRES_URL`).
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { databases, type TriedDatabase } from '../db/databases.ts'
import { suite } from '../suite.ts'
import { play } from './client.ts'
import { type Course, coursesOf, requestsOf, type Sent } from './courses.ts'
import type { Counts, Question } from './server.ts'

/** Requests that are on their way at a time. */
const TOGETHER = 50
/** Writes whose clients leave until all of them are over: who leaves does not wait, and would only make a queue. */
const BATCH = 500
/** Seconds until what is left must be closed. */
const PATIENCE = 60
/** Milliseconds that `close()` may take, with idle clients on the line. */
const MOST_CLOSING = 1000
/** The share of the requests after which memory has found its level. */
const WARM_UP = 0.4
/** How much of memory may come after that: a process's comes and goes. */
const GROWTH = 1.1
/** With fewer requests nothing can be said of memory. */
const FEWEST = 5000

interface Settled extends Counts {
  /** Resident memory, in MB. */
  readonly rss: number
}

const OPEN = ['generators', 'sessions', 'files', 'timers', 'sockets'] as const

export const sockets = suite('Requests over sockets, cut, slowed, pipelined or malformed at a random byte', {
  requests: { about: 'Random requests', default: 20_000 },
  aborts: { about: 'Writes in a session of the database whose clients leave', default: 10_000 },
  seed: { about: 'Repeats the requests of a run' }
}, async ({ requests, aborts, seed = Date.now() & 0x7fffffff }) => {
  const found = await databases()
  const target = new Target(found)
  try {
    await target.ready()
    console.log(`--seed ${seed}`)
    return await target.attack(requests, aborts, seed)
  } finally {
    target.end()
    for (const { drop } of found) await drop()
  }
})

class Target {
  readonly #databases: readonly TriedDatabase[]
  readonly #directory = mkdtempSync(join(tmpdir(), 'apikit-sockets-'))
  /** By which PostgreSQL knows the server. */
  readonly #name = `hardening_sockets_${process.pid}`
  readonly #child: ChildProcess
  readonly #ended: Promise<never>
  #port = 0

  constructor (databases: readonly TriedDatabase[]) {
    this.#databases = databases
    const urls = databases.map(({ dialect, url }) => dialect === 'postgres' ? `${url}&application_name=${this.#name}` : url)
    this.#child = fork(join(import.meta.dirname, 'server.ts'), [this.#directory, ...urls], { execArgv: ['--expose-gc'], env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0' } })
    this.#ended = once(this.#child, 'exit').then(() => { throw new Error('the server has ended') })
  }

  async ready (): Promise<void> {
    const { port } = await this.#answer<AddressInfo>()
    this.#port = port
  }

  async #answer<Answer> (): Promise<Answer> {
    const [answer] = await Promise.race([once(this.#child, 'message'), this.#ended])
    return answer as Answer
  }

  end (): void {
    this.#child.kill()
    rmSync(this.#directory, { recursive: true })
  }

  async attack (count: number, aborts: number, seed: number): Promise<string[]> {
    const courses = coursesOf(count, seed)
    const sent = requestsOf(this.#databases.length)
    const warm = Math.floor(count * WARM_UP)
    const wrong = await this.#play(courses.slice(0, warm), sent)
    const level = await this.#settle()
    wrong.push(...await this.#play(courses.slice(warm), sent))
    const after = await this.#settle()
    console.log(`${count} requests: ${after.opened} generators and background functions opened; left: ${said(after)}; ${wrong.length} wrong answers`)
    wrong.push(...left('random requests', after), ...grown(count, level.rss, after.rss))
    wrong.push(...await this.#abort(aborts, seed))
    return [...wrong.slice(0, 20), ...await this.#close()]
  }

  async #play (courses: readonly Course[], sent: readonly Sent[]): Promise<string[]> {
    const wrong: string[] = []
    const waiting = courses.values()
    await Promise.all(Array.from({ length: TOGETHER }, async () => {
      for (const course of waiting) {
        const problem = await play(this.#port, course, sent)
        if (problem !== undefined) wrong.push(problem)
      }
    }))
    return wrong
  }

  /** Writes whose clients leave after they have sent all, at any time until the answer: with a session, before the body and behind it. */
  async #abort (count: number, seed: number): Promise<string[]> {
    const wrong: string[] = []
    for (const [index, { dialect }] of this.#databases.entries()) {
      const writes = requestsOf(this.#databases.length).filter(({ line }) => line.startsWith(`POST /db${index}/`))
      const courses = coursesOf(count, seed + 1).map(course => ({ ...course, does: 'cut' as const, at: 0 }))
      let counts = await this.#settle()
      for (let sent = 0; sent < count && isQuiet(counts); sent += BATCH) {
        wrong.push(...await this.#play(courses.slice(sent, sent + BATCH), writes))
        const { failures } = counts
        counts = await this.#settle()
        counts = { ...counts, failures: [...failures, ...counts.failures] }
      }
      const idle = dialect === 'postgres' ? await this.#idleInTransaction() : 0
      console.log(`${dialect}: ${count} aborted writes: left: ${said(counts)}${dialect === 'postgres' ? `, ${idle} idle in transaction` : ''}`)
      wrong.push(...left(`${dialect}: aborted writes`, counts))
      if (idle > 0) wrong.push(`${idle} connections are idle in transaction`)
    }
    return wrong
  }

  async #idleInTransaction (): Promise<number> {
    const url = String(this.#databases.find(({ dialect }) => dialect === 'postgres')?.url)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows: [row] } = await client.query("select count(*)::int as n from pg_stat_activity where application_name = $1 and state like 'idle in transaction%'", [this.#name])
    await client.end()
    return row.n
  }

  async #ask<Answer> (question: Question): Promise<Answer> {
    this.#child.send(question)
    return await this.#answer<Answer>()
  }

  /** What is open once all has had the time to close. */
  async #settle (): Promise<Settled> {
    const end = performance.now() + PATIENCE * 1000
    const failures: string[] = []
    for (;;) {
      const counts = await this.#ask<Counts>('counts')
      failures.push(...counts.failures)
      if (performance.now() > end || isQuiet(counts)) return { ...counts, failures, rss: await this.#ask<number>('memory') }
      await sleep(50)
    }
  }

  async #close (): Promise<string[]> {
    const idle = await Promise.all(Array.from({ length: 20 }, async () => {
      const socket = connect(this.#port, '127.0.0.1').on('error', () => {})
      socket.write('GET /plain HTTP/1.1\r\nhost: x\r\n\r\n')
      await once(socket, 'data')
      return socket
    }))
    const milliseconds = await this.#ask<number>('close')
    for (const socket of idle) socket.destroy()
    const line = `close() with ${idle.length} idle clients: ${milliseconds.toFixed(0)} ms (at most ${MOST_CLOSING})`
    console.log(line)
    return milliseconds > MOST_CLOSING ? [line] : []
  }
}

function isQuiet (counts: Counts): boolean {
  return OPEN.every(name => counts[name] === 0)
}

function said (counts: Counts): string {
  return OPEN.map(name => `${counts[name]} ${name}`).join(', ')
}

function left (what: string, counts: Counts): string[] {
  const kinds = new Set(counts.failures)
  return [
    ...!isQuiet(counts) ? [`${what}: ${said(counts)} are left`] : [],
    ...[...kinds].map(failure => `${what}: ${failure}`)
  ]
}

function grown (count: number, before: number, after: number): string[] {
  const line = `resident memory: ${before.toFixed(0)} MB after ${WARM_UP * 100} % of the requests, ${after.toFixed(0)} MB after all (× ${(after / before).toFixed(2)}, at most ${GROWTH})`
  console.log(line)
  return count >= FEWEST && after / before > GROWTH ? [line] : []
}
