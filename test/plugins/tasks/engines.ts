/**
 * The engines of tasks, each with an app of its own.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import pg from 'pg'
import type { Test } from 'tap'
import db from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors from '../../../plugins/errors/index.ts'
import tasks, { type AnyTask, type TasksOptions } from '../../../plugins/tasks/index.ts'
import validation from '../../../plugins/validation/index.ts'

export const POSTGRES = process.env.TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test'

async function isReachable (): Promise<boolean> {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

const noPostgres = await isReachable() ? false : 'no PostgreSQL on this machine'

/** By name, with why it has to be skipped. */
export const ENGINES = [
  { engine: 'inline', skip: false },
  { engine: 'sqlite', skip: false },
  { engine: 'pg-boss', skip: noPostgres }
] as const

export type EngineName = typeof ENGINES[number]['engine']

/** What the app has logged. */
export interface Logged {
  readonly level: number
  readonly msg: string
  readonly err?: { readonly message: string, readonly code?: string }
  readonly task?: string
  readonly jobId?: string
  readonly reqId?: string
  readonly traceparent?: string
}

export interface App {
  readonly app: FastifyInstance
  readonly logged: Logged[]
  /** The next line of the log that says so. */
  saying (msg: RegExp): Promise<Logged>
}

/** Where the jobs of one test are. */
export interface Place {
  readonly url: string
  readonly schema: string
}

/** A place of its own, gone after the test. */
export function placeOf (t: Test, engine: EngineName): Place {
  if (engine !== 'pg-boss') return { url: `sqlite:${join(t.testdir(), 'app.db')}`, schema: 'pgboss' }
  const schema = `tasks_${randomUUID().replaceAll('-', '').slice(0, 12)}`
  t.teardown(async () => {
    const client = new pg.Client({ connectionString: POSTGRES })
    await client.connect()
    await client.query(`drop schema if exists ${schema} cascade`)
    await client.end()
  })
  return { url: POSTGRES, schema }
}

/** An app with one engine, which is not ready yet. */
export async function make (t: Test, engine: EngineName, list: readonly AnyTask[], { place = placeOf(t, engine), ...options }: Partial<TasksOptions> & { place?: Place } = {}): Promise<App> {
  const logged: Logged[] = []
  const lines = new EventEmitter<{ line: [Logged] }>()
  const write = (line: string): void => {
    logged.push(JSON.parse(line))
    lines.emit('line', JSON.parse(line))
  }
  const saying = (msg: RegExp): Promise<Logged> => new Promise(resolve => {
    lines.on('line', line => { if (msg.test(line.msg)) resolve(line) })
  })
  const app = Fastify({ logger: { level: 'info', stream: { write } } })
  for (const plugin of [errors, validation, dependencies]) await app.register(plugin)
  if (engine !== 'inline') await app.register(db, { url: place.url, migrate: true })
  await app.register(tasks, { engine, tasks: list, pollInterval: 20, ...engine === 'pg-boss' && place, ...options })
  t.teardown(() => app.close())
  return { app, logged, saying }
}
