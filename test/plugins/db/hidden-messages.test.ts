import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import db, { column, DatabaseUnavailable, type Session, session, table } from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import { bare } from '../../helper.ts'
import { emptyDatabase, onBoth } from './databases.ts'
import type { Test } from 'tap'

const people = table('people', { id: column.id(), email: column.text({ unique: true }), notes: column.json(column.text().schema, { nullable: true }) })

type Work = (db: Session<Record<string, any>>) => Promise<unknown>

/** Routes that fail, in an app without `errors`. */
const FAILURES: Readonly<Record<string, Work>> = {
  column: db => db.selectFrom('people').select('private_column').execute(),
  table: db => sql`select * from private_table`.execute(db),
  stream: db => db.selectFrom('people').select('private_column').stream().next(),
  broken: async db => {
    await db.run("insert into people (email) values ('private@example.com')")
    await db.run("update people set email = 'private@example.com', id = 1, notes = nothing_private")
  },
  parameters: db => db.insertInto('people').values(Array.from({ length: 70_000 }, (_, id) => ({ id, email: 'private' }))).execute(),
  over: async db => {
    db.end()
    await db.selectFrom('people').selectAll().execute()
  }
}

async function failing (t: Test, url: string): Promise<{ readonly app: FastifyInstance, readonly log: string[] }> {
  const log: string[] = []
  const app = bare(t, { logger: { stream: { write: (line: string) => { log.push(line) } } } })
  await app.register(dependencies)
  await app.register(db, { url, tables: [people] })
  await app.db.createTables()
  for (const [name, work] of Object.entries(FAILURES)) {
    app.post(`/${name}`, { config: { depends: { db: session } } } as never, request => work((request as unknown as { deps: { db: Session<any> } }).deps.db))
  }
  return { app, log }
}

onBoth('without errors, Fastify’s own handler tells clients nothing of the database, and the log all', async (t, dialect) => {
  const { app, log } = await failing(t, await emptyDatabase(t, dialect))
  for (const name of Object.keys(FAILURES)) {
    log.length = 0
    const answer = await app.inject({ method: 'POST', url: `/${name}` })
    t.equal(answer.statusCode, 500, name)
    t.strictSame(answer.json(), { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' }, name)
    t.match(log.join(''), /"level":50.*(?:private|session is over|people)/s, `${name} is in the log`)
  }
})

onBoth('what has an answer of its own has it without errors, too', async (t, dialect) => {
  const { app, log } = await failing(t, await emptyDatabase(t, dialect))
  const email = `${randomUUID()}@example.com`
  app.post('/again', { config: { depends: { db: session } } } as never, async request => {
    const { db } = (request as unknown as { deps: { db: Session<any> } }).deps
    await db.insertInto('people').values({ email }).execute()
    await db.insertInto('people').values({ email }).execute()
  })
  app.get('/away', async () => { throw new DatabaseUnavailable('private') })
  app.get('/mine', async () => { throw new Error('a message of the app') })
  const answer = await app.inject({ method: 'POST', url: '/again' })
  t.same([answer.statusCode, answer.json()], [409, { detail: 'email: already taken' }])
  t.notMatch(log.join(''), /"level":50/, 'that is no failure')

  const away = await app.inject('/away')
  t.same([away.statusCode, away.json()], [503, { detail: 'Service Unavailable' }])
  t.match(log.join(''), /"level":50.*"res":\{"statusCode":503\}.*private/, 'but this is')
  t.match((await app.inject('/mine')).json(), { message: 'a message of the app' }, 'other errors are Fastify’s')
})
