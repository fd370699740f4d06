import { sql } from 'kysely'
import { column, type Database, sessionOf, table, type TablesOf } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, emptyDatabase, onBoth } from './databases.ts'

const notes = table('notes', { id: column.id(), text: column.text() })
const tables = [notes] as const
const db = sessionOf(tables)
const REFUSED = { code: 'APIKIT_ERR_RAW_TRANSACTION' }

type Db = Database<TablesOf<typeof tables>>

onBoth('a commit in SQL does not keep what an error undoes', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  app.post('/', { config: { depends: { db } } }, async ({ deps: { db } }) => {
    await db.insertInto('notes').values({ text: 'undone' }).execute()
    await sql`commit`.execute(db)
    throw new Error('not reached')
  })
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 500)
  t.same(await app.db.of(tables).selectFrom('notes').selectAll().execute(), [])
})

onBoth('SQL that begins or ends a transaction is refused, wherever it is sent', async (t, dialect) => {
  const own: Db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  const refused = [
    'commit', 'Commit Work', 'end', 'rollback', 'rollback transaction', '/* x */ begin', 'begin immediate', 'start transaction', 'abort', "prepare transaction 'x'", 'commit and chain',
    'create table if not exists other (begin integer); commit',
    ...dialect === 'postgres' ? ['/* /* */ */ commit', "select E'\\''; commit", "select array[']']; commit"] : ['select 1 as [a\'b]; commit', '/* /* */ commit'],
    'select 1; commit', "insert into notes (text) values (';'); -- x\n ROLLBACK;"
  ]
  for (const text of refused) {
    await t.rejects(sql.raw(text).execute(own), REFUSED, text)
    await t.rejects(own.session(async session => session.run(text)), REFUSED, text)
    await t.rejects(own.transaction().execute(async trx => { await sql.raw(text).execute(trx) }), REFUSED, text)
    await t.rejects(own.connection().execute(async one => { await sql.raw(text).execute(one) }), REFUSED, text)
  }
  const stream = (one: Pick<Db, 'getExecutor'>): AsyncIterator<unknown> => one.getExecutor().stream(sql`commit`.compile(own), 1)
  await t.rejects(own.session(async session => stream(session).next()), REFUSED)
  await t.rejects(stream(own).next(), REFUSED)
  await t.rejects(stream(await databaseWith(t, 'sqlite::memory:')).next(), REFUSED)

  const allowed = [
    'savepoint a; insert into notes (text) values (\'commit; begin\'); rollback to a', 'rollback to savepoint a', 'rollback transaction to savepoint a', 'release a', 'select 1 as "commit", 2 as "end"',
    ...dialect === 'sqlite'
      ? ["create trigger tr after insert on notes begin select case when 1 then 2 end; select 1; end; select 'begin'", 'select 1; /* commit', 'select 2; -- commit']
      : ['create function f() returns int language plpgsql as $$ begin return 1; end; $$', 'create function g() returns int language sql begin atomic select 1; select case when true then 2 end; end',
          '/* /* */ commit; */ select 1', "select E'it\\'s; commit'", 'do $x$ begin perform 1; end $x$', 'prepare p as select 1', 'deallocate p']
  ]
  await own.session(async session => {
    for (const text of allowed) await session.run(text)
    await session.insertInto('notes').values({ text: 'kept' }).execute()
  })
  t.same((await own.selectFrom('notes').select('text').execute()), [{ text: 'kept' }])
  if (dialect === 'postgres') {
    // They end other transactions, and are refused by the server within one.
    for (const text of ["select E'\\''; delete from notes", "select array[']']; delete from notes", '/* /* */ */ delete from notes']) await t.rejects(sql.raw(text).execute(own.reading), { code: 'APIKIT_ERR_READ_ONLY' }, text)
    for (const text of ["commit prepared 'x'", "rollback prepared 'x'"]) await t.rejects(sql.raw(text).execute(own), { code: /^(?!APIKIT)/ }, text)
  }
  t.equal(own.pool.idle, own.pool.total)
})

onBoth('a savepoint outside of a transaction is refused, and others can write', async (t, dialect) => {
  const own: Db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  await t.rejects(sql`savepoint a`.execute(own), dialect === 'sqlite' ? REFUSED : /SAVEPOINT can only be used in transaction blocks/)
  await own.connection().execute(async one => { await sql`savepoint a`.execute(one) }).catch(() => {})
  await own.session(session => session.insertInto('notes').values({ text: 'kept' }).execute())
  t.same(await own.selectFrom('notes').select('text').execute(), [{ text: 'kept' }])
})
