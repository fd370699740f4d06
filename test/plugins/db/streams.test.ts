import { once } from 'node:events'
import { get as httpGet } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { Type } from '@fastify/type-provider-typebox'
import { column, DatabaseUnavailable, insertMany, prepare, sessionOf, table, withOne } from '../../../plugins/db/index.ts'
import responses, { jsonLines } from '../../../plugins/responses/index.ts'
import { appWith, ask, databaseWith, type DialectName, emptyDatabase, hasPostgres, onBoth } from './databases.ts'
import { proxy } from './proxy.ts'
import t, { type Test } from 'tap'

const rows = table('rows', {
  id: column.id(),
  n: column.bigint(),
  at: column.dateTime({ default: 'now' }),
  loud: column.of('text', Type.String(), { default: 'x', decode: (value: string) => value.toUpperCase() })
})
const tables = [rows] as const
const COUNT = 1000

async function filled (t: Test, dialect: DialectName) {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  await insertMany(db, rows, Array.from({ length: COUNT }, (_, nr) => ({ n: 2n ** 60n + BigInt(nr) })))
  return db
}

onBoth('a stream has the rows of the query, decoded, whatever the size of its batches', async (t, dialect) => {
  const db = await filled(t, dialect)
  const query = db.selectFrom('rows').selectAll().where('id', '>', 3).orderBy('id', 'desc')
  const all = await query.execute()
  for (const size of [1, 7, 997, 5000]) {
    const seen = []
    for await (const row of query.stream(size)) seen.push(row)
    t.strictSame(seen, all, String(size))
  }
  t.equal(all[0]?.loud, 'X')
  for await (const row of query.where('id', '<', 0).stream()) t.fail(String(row.id))
  const related = db.selectFrom('rows as r').select('r.id').select(withOne(rows, { on: { id: 'r.id' }, pick: ['n'] }).as('same')).where('r.id', '=', 5)
  for await (const row of related.stream()) t.strictSame(row, { id: 5, same: { n: 2n ** 60n + 4n } })
  t.equal(db.pool.idle, db.pool.total)
})

onBoth('a prepared statement is streamed as others are', async (t, dialect) => {
  const db = await filled(t, dialect)
  const above = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('rows').selectAll().where('id', '>', id).orderBy('id'))
  const add = prepare(tables, (db, { n }: { n: bigint }) => db.insertInto('rows').values({ n }).returning('n'))
  const all = await above.execute(db, { id: 3 })
  const read = async (source: AsyncIterable<unknown>): Promise<unknown[]> => { const seen = []; for await (const row of source) seen.push(row); return seen }
  t.strictSame(await read(above.stream(db, { id: 3 }, 7)), all)
  t.strictSame(await read(above.stream(db, { id: 3 })), all)
  t.strictSame(await db.session(session => read(above.stream(session, { id: 3 }, 7))), all)
  t.strictSame(await read(add.stream(db, { n: 5n })), [{ n: 5n }])
  for await (const { id } of above.stream(db, { id: 0 }, 2)) if (id === 5) break
  await t.rejects(read(above.stream(db, {} as never)), { code: 'APIKIT_ERR_PREPARED', message: /missing value for id/ })
  t.equal(db.pool.idle, db.pool.total)
})

onBoth('one who leaves a stream closes it; other statements run meanwhile', async (t, dialect) => {
  const db = await filled(t, dialect)
  let seen = 0
  for await (const { id } of db.selectFrom('rows').select('id').orderBy('id').stream(10)) {
    await db.updateTable('rows').set({ n: 1n }).where('id', '=', id).execute()
    if (++seen === 25) break
  }
  t.equal(db.pool.idle, db.pool.total, 'its connection is given back')
  t.same(await db.selectFrom('rows').select(eb => eb.fn.countAll().as('n')).where('n', '=', 1n).executeTakeFirst(), { n: 25 })
})

onBoth('in a session a stream sees its writes, and those made meanwhile do not show up', async (t, dialect) => {
  const db = await filled(t, dialect)
  await db.session(async session => {
    await session.deleteFrom('rows').where('id', '>', 50).execute()
    const seen: number[] = []
    for await (const { id, n } of session.selectFrom('rows').selectAll().orderBy('id').stream(7)) {
      seen.push(id)
      t.ok(n > 1n)
      await session.updateTable('rows').set({ n: 1n }).execute()
      await session.insertInto('rows').values({ n: 1n }).execute()
    }
    t.equal(seen.length, 50)
    const [a, b] = [session.selectFrom('rows').select('id').stream(3), session.selectFrom('rows').select('id').stream(4)]
    t.ok((await a.next()).value?.id === (await b.next()).value?.id, 'two at once')
    await a.return?.()
    for await (const row of b) t.ok(row.id)
    if (dialect === 'postgres') t.same((await sql`select name from pg_cursors`.execute(session)).rows, [])
    else t.same((await sql`select name from sqlite_temp_schema`.execute(session)).rows, [])
    await session.rollback()
  })
  const reading = db.session(async session => {
    const seen = []
    for await (const row of session.selectFrom('rows').select('id').stream(100)) seen.push(row)
    return seen.length
  }, { readOnly: true })
  t.equal(await reading, COUNT)
})

onBoth('a savepoint that is undone leaves the streams around it alone', async (t, dialect) => {
  const db = await filled(t, dialect)
  const kept = await db.session(async session => {
    let seen = 0
    for await (const { id } of session.selectFrom('rows').select('id').where('id', '<=', 20).orderBy('id').stream(3)) {
      seen++
      const work = session.savepoint(async () => {
        for await (const row of session.selectFrom('rows').select('id').stream(400)) t.ok(row.id)
        await session.updateTable('rows').set({ n: 1n }).where('id', '=', id).execute()
        if (id % 2 === 0) throw new Error('undone')
      })
      await work.catch((error: unknown) => { t.match(error, { message: 'undone' }) })
    }
    // SQLite cannot drop a table while a statement reads.
    const open = session.selectFrom('rows').select('id').stream(3)
    await open.next()
    await sql`create table other (a integer)`.execute(session)
    await sql`drop table other`.execute(session)
    return seen
  })
  t.equal(kept, 20)
  t.same(await db.selectFrom('rows').select(eb => eb.fn.countAll().as('n')).where('n', '=', 1n).executeTakeFirst(), { n: 10 })
  if (dialect === 'sqlite') t.same(await db.session(session => sql`select name from sqlite_temp_schema`.execute(session)), { rows: [] }, 'no copy is left')
})

onBoth('a stream keeps its order in a session when a column is called rowid', async (t, dialect) => {
  const odd = table('odd', { rowid: column.text({ primaryKey: true }), n: column.integer() })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [odd])).of([odd])
  await insertMany(db, odd, [{ rowid: 'a', n: 2 }, { rowid: 'b', n: 3 }, { rowid: 'c', n: 1 }])
  const seen: string[] = []
  await db.session(async session => { for await (const { rowid } of session.selectFrom('odd').selectAll().orderBy('n').stream(2)) seen.push(rowid) })
  t.same(seen, ['c', 'a', 'b'])
})

onBoth('a session that only reads streams in a test, too', async (t, dialect) => {
  const db = await filled(t, dialect)
  const test = await db.beginTest()
  await db.session(async session => {
    let seen = 0
    for await (const row of session.selectFrom('rows').select('id').stream(100)) seen += Math.sign(row.id)
    t.equal(seen, COUNT)
  }, { readOnly: true })
  await test.rollback()
})

onBoth('a batch has at least one row', async (t, dialect) => {
  const db = await filled(t, dialect)
  for (const size of [0, -1, 1.5, Number.NaN]) {
    const read = async (one: Pick<typeof db, 'selectFrom'>): Promise<void> => { for await (const row of one.selectFrom('rows').select('id').stream(size)) t.fail(String(row.id)) }
    await t.rejects(read(db), RangeError)
    await t.rejects(db.session(read), { message: `A stream reads in batches of at least one row, got ${size}` })
  }
  t.equal(db.pool.idle, db.pool.total)
})

onBoth('what fails in a stream is an error of its reader, and the connection is usable after it', async (t, dialect) => {
  const db = await filled(t, dialect)
  const bad = sql<{ id: number }>`select id, nothing from rows`
  const read = async (query: { stream: (size: number) => AsyncIterable<unknown> }): Promise<void> => { for await (const row of query.stream(3)) t.ok(row) }
  await t.rejects(read(db.selectFrom('rows').select('nothing' as 'id')), /nothing/)
  await t.rejects(bad.execute(db), /nothing/)
  if (dialect === 'postgres') await t.rejects(read(db.selectFrom('rows').select(sql`1 / (5 - id)`.as('x')).orderBy('id')), /division by zero/)
  // Without a wait for the server, which gets nothing: the limit of statements would end it otherwise, as an error that nobody has.
  await t.rejects(read(db.selectFrom('rows').select('id').where(sql`cast(${{ a: 1n }} as text)`, '=', 'x')), /BigInt/)
  await t.rejects(read(db.reading.updateTable('rows').set({ n: 1n }).returning('id')), { code: 'APIKIT_ERR_READ_ONLY' })
  await read(db.updateTable('rows').set({ n: 1n }).where('id', '<', 3).returning('id'))
  await db.transaction().execute(async trx => {
    await read(trx.selectFrom('rows').select('id').where('id', '<', 5))
    await read(trx.deleteFrom('rows').where('id', '=', 1).returning('id'))
  })
  const { signal } = new AbortController()
  for await (const row of db.selectFrom('rows').select('id').where('id', '=', 2).stream({ chunkSize: 2, signal })) t.ok(row.id)
  t.equal(db.pool.idle, db.pool.total)
})

onBoth('a stream is the body of a response; a client that leaves closes it', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  await app.register(responses)
  const db = app.db.of(tables)
  await insertMany(db, rows, Array.from({ length: 40_000 }, (_, nr) => ({ n: BigInt(nr) })))
  const { promise: closed, resolve: close } = Promise.withResolvers<number>()
  app.get('/rows', { config: { depends: { db: sessionOf(tables) } } as never, schema: { response: { 200: jsonLines(rows.public({ pick: ['id', 'n'] })) } } }, async function * (request: unknown) {
    const { db } = (request as unknown as { deps: { db: typeof app.db } }).deps
    let count = 0
    try {
      for await (const row of (db as unknown as ReturnType<typeof app.db.of<typeof tables>>).selectFrom('rows').select(['id', 'n']).orderBy('id').stream(200)) {
        count++
        yield row
      }
    } finally {
      close(count)
    }
  } as never)
  await app.listen({ port: 0 })
  const { port } = app.server.address() as AddressInfo
  const request = httpGet({ port, path: '/rows' })
  const [response] = await once(request, 'response')
  const [first] = await once(response, 'data')
  t.match(String(first), /^\{"id":1,"n":0\}\n/)
  response.destroy()
  t.ok(await closed < 40_000, 'it was not read to its end')
  const whole = await app.inject('/rows')
  t.equal(whole.body.trimEnd().split('\n').length, 40_000)
  t.equal(db.pool.idle, db.pool.total)
})

t.test('in memory, where there is one connection, others do not wait for the end of a stream', async t => {
  const db = (await databaseWith(t, 'sqlite::memory:', tables)).of(tables)
  await insertMany(db, rows, [{ n: 1n }, { n: 2n }])
  const seen = []
  for await (const { id, n } of db.selectFrom('rows').select(['id', 'n']).orderBy('id').stream(1)) {
    await db.updateTable('rows').set({ n: 5n }).where('id', '>', id).execute()
    seen.push(n)
  }
  t.same(seen, [1n, 2n])
  for await (const { n } of db.updateTable('rows').set({ n: 6n }).where('id', '=', 1).returning('n').stream()) t.equal(n, 6n)
})

t.test('the statement of a stream is cancelled in PostgreSQL when its client leaves', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const app = await appWith(t, await emptyDatabase(t, 'postgres'), tables)
  const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  app.get('/slow', { config: { depends: { db: sessionOf(tables) } } as never }, async request => {
    const { db } = (request as unknown as { deps: { db: ReturnType<typeof app.db.of<typeof tables>> } }).deps
    try {
      begin()
      for await (const row of db.selectFrom(sql<{ x: string }>`(select pg_sleep(20)::text as x)`.as('slow')).select('x').stream()) t.fail(row.x)
    } catch (error) {
      fail(error)
    }
    return 'x'
  })
  await app.listen({ port: 0 })
  const request = httpGet({ port: (app.server.address() as AddressInfo).port, path: '/slow' })
  request.on('error', () => {})
  await begun
  for (;;) {
    const [{ n }] = await ask("select count(*)::int as n from pg_stat_activity where state = 'active' and query like '%pg_sleep(20)::text%' and pid <> pg_backend_pid()") as [{ n: number }]
    if (n > 0) break
  }
  request.destroy()
  t.match(await failed, { code: 'APIKIT_ERR_CLIENT_GONE' })
  t.equal(app.db.pool.idle, app.db.pool.total)
})

t.test('a server that falls silent ends a stream, and all that waits behind it', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const server = await proxy(t, await emptyDatabase(t, 'postgres'))
  const db = (await databaseWith(t, server.url, tables, { poolSize: 1, statementTimeout: 200 })).of(tables)
  await insertMany(db, rows, Array.from({ length: 20 }, () => ({ n: 1n })))
  const query = db.selectFrom('rows').select('id').orderBy('id')
  const read = async (stream: AsyncIterable<{ id: number }>, at = 0): Promise<void> => { for await (const { id } of stream) if (id === at) server.fallSilent() }
  const again = async (name: string): Promise<void> => {
    server.speak()
    t.equal((await query.execute()).length, 20, `usable after ${name}`)
    t.equal(db.pool.idle, db.pool.total)
  }

  await t.rejects(read(query.stream(2), 3), DatabaseUnavailable, 'in the middle')
  await again('a stream')
  // The types of its columns are asked for with the first batch.
  server.fallSilent()
  await t.rejects(read(query.stream(2)), DatabaseUnavailable, 'before the first row')
  await again('one that never began')
  for await (const { id } of query.stream(2)) {
    if (id < 3) continue
    server.fallSilent()
    break
  }
  await again('one that was left')

  await t.rejects(db.session(async session => {
    const [a, b] = [session.selectFrom('rows').select('id').stream(2), session.selectFrom('rows').select('id').stream(2)]
    await a.next()
    await b.next()
    const failed = Promise.allSettled([read(a), read(b), session.selectFrom('rows').select('id').execute()])
    server.fallSilent()
    for (const { status } of await failed) t.equal(status, 'rejected')
    await session.selectFrom('rows').select('id').execute()
  }), DatabaseUnavailable, 'two in a session, and a statement behind them')
  await again('a session')
})

t.test('without statementTimeout a stream has no limit', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), tables, { statementTimeout: 0 })).of(tables)
  await insertMany(db, rows, [{ n: 1n }, { n: 2n }])
  const seen = []
  for await (const { n } of db.selectFrom('rows').select('n').orderBy('n').stream(1)) seen.push(n)
  t.same(seen, [1n, 2n])
})
