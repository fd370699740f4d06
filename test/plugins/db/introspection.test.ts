import { PostgresIntrospector, sql } from 'kysely'
import t from 'tap'
import { ask, databaseWith, emptyDatabase, hasPostgres } from './databases.ts'

const skip = { skip: !hasPostgres && 'no PostgreSQL here' }

t.test('PostgreSQL: the tables of the current schema are those that Kysely finds', skip, async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'))
  const [{ schema = '' } = {}] = (await sql<{ schema: string }>`select current_schema() as schema`.execute(db)).rows
  await db.session(async session => {
    await session.run(`
      create type mood as enum ('sad', 'ok');
      create table things (id serial primary key, nr int generated always as identity, name text not null default 'x', mood mood, tags text[], gone int);
      alter table things drop column gone; comment on column things.name is 'its name';
      create table "Parts" (key int, day date not null) partition by range (day);
      create table parts_2026 partition of "Parts" for values from ('2026-01-01') to ('2027-01-01');
      create view named as select name from things;
      create table kysely_migration (name text);
      create schema ${schema}_other; create table ${schema}_other.things (id int)`)
  })
  t.teardown(() => ask(`drop schema if exists ${schema}_other cascade`))
  const kyselys = (await new PostgresIntrospector(db).getTables()).filter(table => table.schema === schema)
  const found = await db.introspection.getTables()
  t.same(JSON.parse(JSON.stringify(found)), JSON.parse(JSON.stringify(kyselys)))
  t.same(found.map(({ name }) => name), ['Parts', 'named', 'parts_2026', 'things'])
  t.same((await db.introspection.getTables({ withInternalKyselyTables: true })).map(({ name }) => name), ['Parts', 'kysely_migration', 'named', 'parts_2026', 'things'])
})

t.test('PostgreSQL: another schema may be dropped while tables are looked at', skip, async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'))
  const [{ other = '' } = {}] = (await sql<{ other: string }>`select current_schema() || '_dropped' as other`.execute(db)).rows
  await ask(`create schema ${other}; create table ${other}.things (id serial primary key)`)
  const looked = db.session(async session => {
    await session.run('create table mine (id int)')
    // The rows that this transaction sees are there still; what functions ask the server is gone.
    await ask(`drop schema ${other} cascade`)
    await t.rejects(session.savepoint(() => new PostgresIntrospector(session).getTables()), { code: '3F000' }, 'as Kysely’s fails')
    return session.introspection.getTables()
  }, { isolationLevel: 'repeatable read' })
  t.same((await looked).map(({ name }) => name), ['mine'])
})
