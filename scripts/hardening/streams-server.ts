/**
 * A table as JSON lines for the suite `streams`, in a process of its own: it tells its port, and behind each response how much
 * memory it had meanwhile.
 *
 * @module
 */

import { getHeapSpaceStatistics } from 'node:v8'
import Fastify from 'fastify'
import { sql } from 'kysely'
import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import db, { column, prepare, sessionOf, table } from '../../plugins/db/index.ts'
import dependencies from '../../plugins/dependencies/index.ts'
import errors from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import responses, { jsonLines } from '../../plugins/responses/index.ts'
import validation from '../../plugins/validation/index.ts'

/** Resident memory in MB. */
export interface Memory {
  /** Before the stream. */
  readonly before: number
  /** The most of each hundred thousand rows. */
  readonly most: readonly number[]
  /** The same without V8's young generation, which is as large as V8 likes: it doubles after collections that many objects survive. */
  readonly mostWithoutYoung: readonly number[]
}

const STEP = 100_000

const events = table('events', { id: column.id(), name: column.text(), big: column.bigint(), at: column.dateTime({ default: 'now' }) }, { title: 'Event' })
const tables = [events] as const
const eventsFrom = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('events').selectAll().where('id', '>=', id).orderBy('id'))
const [, , url, count] = process.argv

const app = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>()
for (const plugin of [errors, validation, responseModel, responses, dependencies]) await app.register(plugin)
await app.register(db, { url: String(url), tables })
await app.db.createTables()
await app.db.session(session => session.run(app.db.dialect === 'postgres'
  ? `insert into events (name, big) select 'n' || g, 9007199254740993 + g from generate_series(1, ${Number(count)}) g`
  : `with recursive g(n) as (select 1 union all select n + 1 from g where n < ${Number(count)}) insert into events (name, big) select 'n' || n, 9007199254740993 + n from g`))

const resident = (): number => process.memoryUsage.rss() / 1e6

/** What the young generation takes of it. */
function young (): number {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  return Number(space?.physical_space_size) / 1e6
}

async function * watched<Row> (rows: AsyncIterable<Row>): AsyncGenerator<Row, void> {
  const before = resident()
  const most: number[] = []
  const mostWithoutYoung: number[] = []
  let read = 0
  for await (const row of rows) {
    yield row
    if (read++ % 1000 !== 0) continue
    const step = Math.floor(read / STEP)
    const size = resident()
    most[step] = Math.max(most[step] ?? 0, size)
    mostWithoutYoung[step] = Math.max(mostWithoutYoung[step] ?? 0, size - young())
  }
  process.send?.({ before, most, mostWithoutYoung } satisfies Memory)
}

app.get('/events', { config: { depends: { db: sessionOf(tables) } }, schema: { response: { 200: jsonLines(events.Public) } } }, async function * ({ deps: { db } }) {
  yield * watched(db.selectFrom('events').selectAll().orderBy('id').stream(500))
})
app.get('/prepared', { config: { depends: { db: sessionOf(tables) } }, schema: { response: { 200: jsonLines(events.Public) } } }, async function * ({ deps: { db } }) {
  yield * watched(eventsFrom.stream(db, { id: 1 }, 500))
})
// The first answer is not the one that is measured.
app.get('/one', { config: { depends: { db: sessionOf(tables) } }, schema: { response: { 200: Type.Object({ one: Type.Integer() }) } } }, async ({ deps: { db } }) => {
  await sql`select 1`.execute(db)
  return { one: 1 }
})
process.send?.(await app.listen({ port: 0, host: '127.0.0.1' }))
