/**
 * The app that the processes of the suite `fleet` run: `fastify-apikit start scripts/hardening/fleet/app.ts`.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { topic } from '../../../plugins/broadcast/index.ts'
import { column, DatabaseRefreshTokenStore, type Migrations, sessionOf, table } from '../../../plugins/db/index.ts'
import { NotFound } from '../../../plugins/errors/index.ts'
import apikit from '../../../plugins/index.ts'
import { InvalidToken, RefreshTokens, verified } from '../../../plugins/jwt/index.ts'
import { sse } from '../../../plugins/responses/index.ts'
import { httpBearer } from '../../../plugins/security/index.ts'
import { task } from '../../../plugins/tasks/index.ts'

/** PostgreSQL schema of the jobs. */
export const JOBS = 'jobs'

/** What the processes are told. */
export interface FleetEnv {
  readonly FLEET_URL: string
  readonly FLEET_SECRET: string
}

const fields = {
  /** `nr` is the client's, and not unique: one that is stored twice is seen. */
  writes: { id: column.id(), nr: column.integer({ index: true }) },
  /** Each is stored with a job, in one transaction. */
  orders: { id: column.id(), nr: column.integer({ index: true }) },
  /** A row for each time that a job has run. */
  runs: { id: column.id(), nr: column.integer({ index: true }), worker: column.integer() },
  /** A row for each time that the schedule has run, with its job. */
  ticks: { id: column.id(), job: column.text() }
}
const writes = table('writes', fields.writes)
const orders = table('orders', fields.orders)
const runs = table('runs', fields.runs)
const ticks = table('ticks', fields.ticks)
const tables = [writes, orders, runs, ticks] as const

const migrations: Migrations = {
  '20261130T000000_fleet': {
    async up (schema) {
      for (const [name, columns] of Object.entries(fields)) await schema.createTable(name, columns)
    },
    async down (schema) {
      for (const name of Object.keys(fields)) await schema.dropTable(name)
    }
  }
}

const Numbered = Type.Object({ nr: Type.Integer() })
const written = topic('written', Numbered)

/** PostgreSQL may be away for a while. */
const PATIENT = { retries: 50, backoff: { initial: 200, max: 1000 } }

const run = task('run', { payload: Numbered, ...PATIENT }, async ({ nr }, { app }) => {
  await delay(5 + Math.random() * 10)
  await app.db.of(tables).insertInto('runs').values({ nr, worker: process.pid }).execute()
})
const tick = task('tick', { schedule: { cron: '* * * * *' }, ...PATIENT }, async (_, { app, id }) => {
  await app.db.of(tables).insertInto('ticks').values({ job: id }).execute()
})

const Token = Type.Object({ token: Type.String() })
const Tokens = Type.Object({ access: Type.String(), token: Type.String() })

// Two parameters: fastify-cli asks for them.
export default async function fleet (given: FastifyInstance, _options: unknown): Promise<void> {
  const app = given.withTypeProvider<TypeBoxTypeProvider>()
  const { FLEET_URL: url, FLEET_SECRET: secret } = process.env as unknown as FleetEnv
  app.addHook('onSend', async (_, reply) => { reply.header('x-process', process.pid) })
  // Few connections: the server has others to serve.
  await app.register(apikit, {
    docs: false,
    requestId: true,
    health: true,
    jwt: { secret },
    db: { url, migrate: true, poolSize: 4 },
    broadcast: { url },
    tasks: { engine: 'pg-boss', url, schema: JOBS, poolSize: 2, tasks: [run, tick], work: false }
  })
  app.db.register({ name: 'fleet', tables, migrations })
  const db = sessionOf(tables)
  const refreshTokens = new RefreshTokens(new DatabaseRefreshTokenStore(app.db))

  app.get('/writes/:nr', { config: { depends: { db } }, schema: { params: Numbered, response: { 200: Numbered } } }, async ({ params: { nr }, deps: { db } }) => {
    const row = await db.selectFrom('writes').select('nr').where('nr', '=', nr).executeTakeFirst()
    if (row === undefined) throw new NotFound()
    return row
  })
  app.post('/writes/:nr', { config: { depends: { db } }, schema: { params: Numbered, response: { 201: Numbered } } }, async ({ params: { nr }, deps: { db }, broadcast }, reply) => {
    await db.insertInto('writes').values({ nr }).execute()
    await broadcast.publish(written, { nr })
    reply.code(201)
    return { nr }
  })
  app.post('/jobs/:nr', { config: { depends: { db } }, schema: { params: Numbered, response: { 202: Numbered } } }, async ({ params: { nr }, deps: { db }, tasks }, reply) => {
    await db.insertInto('orders').values({ nr }).execute()
    await tasks.add(run, { nr })
    reply.code(202)
    return { nr }
  })

  const answer = (subject: string, token: string) => ({ access: app.tokens.sign({ sub: subject }), token })
  app.post('/logins/:nr', { schema: { params: Numbered, response: { 201: Tokens } } }, async ({ params: { nr } }, reply) => {
    reply.code(201)
    return answer(String(nr), await refreshTokens.issue(String(nr)))
  })
  app.post('/refresh', { schema: { body: Token, response: { 200: Tokens, 401: InvalidToken.schema } } }, async ({ body }) => {
    const { subject, refreshToken } = await refreshTokens.refresh(body.token)
    return answer(subject, refreshToken)
  })
  app.get('/me', { config: { depends: { claims: verified(httpBearer()) } }, schema: { response: { 200: Type.Object({ sub: Type.String() }) } } }, async ({ deps: { claims } }) => ({ sub: String(claims.sub) }))

  /** Under way when its process ends. */
  app.get('/slow', async () => {
    await delay(1000)
    return {}
  })

  /** Begins with `nr` 0, as soon as it is subscribed. */
  app.get('/events', { schema: { response: { 200: sse(Numbered) } } }, async function * ({ signal }) {
    const messages = await app.broadcast.subscribe(written, { signal })
    yield { nr: 0 }
    yield * messages
  })
}
