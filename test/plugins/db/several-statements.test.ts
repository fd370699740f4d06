import { CompiledQuery, sql } from 'kysely'
import { up } from '../../../plugins/db/index.ts'
import { databaseWith, emptyDatabase, onBoth } from './databases.ts'

const count = async (db: Parameters<ReturnType<typeof sql>['execute']>[0], table: string): Promise<number> =>
  Number((await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)).rows[0]?.n)

onBoth('a text of several statements runs them all, or none; its result is that of the first', async (t, dialect) => {
  const db = await databaseWith(t, await emptyDatabase(t, dialect))
  await db.session(async session => {
    await session.run("create table a (x text); /* ; */ create table b (x text);\ninsert into b values (';'); -- the end")
    await session.run("insert into a values ('1'); insert into a values ('2'); delete from b where x = ';'")
  })
  t.same([await count(db, 'a'), await count(db, 'b')], [2, 0])
  const { rows } = await db.executeQuery(CompiledQuery.raw("insert into b values ('y') returning x; insert into b values ('z')"))
  t.same(rows, [{ x: 'y' }])
  for (const nr of [1, 2]) t.same((await db.executeQuery(CompiledQuery.raw('select 1 as n; -- that is all\n/* ; */ ;'))).rows, [{ n: 1 }], `alone ${nr}`)

  await t.rejects(db.executeQuery(CompiledQuery.raw("insert into a values ('3'); insert into nowhere values (1)")), /nowhere/)
  await t.rejects(db.session(session => session.run("insert into a values ('4'); insert into nowhere values (1)")), /nowhere/)
  t.equal(await count(db, 'a'), 2, 'nothing is left of a text that fails')
  await t.rejects(db.executeQuery(CompiledQuery.raw(`insert into a values (${dialect === 'sqlite' ? '?' : '$1'}); delete from a`, ['5'])), /several statements|multiple commands/)
  await t.rejects(async () => { for await (const row of db.getExecutor().stream(CompiledQuery.raw('select x from a; select x from b'), 10)) t.fail(String(row)) }, /one statement|multiple commands/)
  t.equal(await count(db, 'a'), 2)
})

onBoth('a migration may be a script', async (t, dialect) => {
  const db = await databaseWith(t, await emptyDatabase(t, dialect))
  db.register({ name: 'app', migrations: { '1_script': { up: async schema => { await schema.run('create table a (x text); create table b (x text)') } } } })
  t.same(await up(db), ['1_script'])
  t.same([await count(db, 'a'), await count(db, 'b')], [0, 0])
})
