import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { type AnyTable, column, type Database, diff, stamp, table } from '../../../plugins/db/index.ts'
import { onBoth } from './databases.ts'
import { declaring, made, run, step } from './made.ts'

/** Names the tables of SQLite that are dropped: each that is made anew. */
function counting (t: Test, db: Database): { rebuilds: () => string[] } {
  const dropped: string[] = []
  const ask = db.session.bind(db)
  db.session = (async (work: (session: any) => Promise<unknown>, options: object) => ask(async (session: any) => {
    const execute = session.executeQuery.bind(session)
    session.executeQuery = (query: { sql: string }) => {
      const [, name] = /^drop table "(.*)"$/.exec(query.sql) ?? []
      if (name !== undefined) dropped.push(name)
      return execute(query)
    }
    return work(session)
  }, options)) as typeof db.session
  t.teardown(() => { db.session = ask })
  return { rebuilds: () => dropped.splice(0) }
}

const MADE: readonly AnyTable[] = [
  table('owners', { id: column.id(), code: column.text(), gone: column.text({ nullable: true }) }),
  table('things', {
    id: column.id(), owner_id: column.integer({ nullable: true, references: 'owners.id' }), name: column.text({ nullable: true }), price: column.integer({ default: 1 }), old: column.text({ default: 'o', index: true }), other: column.text({ nullable: true })
  }, { checks: { cheap: 'price < 100' } })
]
const CHANGED: readonly AnyTable[] = [
  table('owners', { id: column.id(), code: column.text({ unique: true }), since: column.integer({ default: 7 }) }),
  table('things', {
    id: column.id(),
    owner_code: column.text({ nullable: true, references: 'owners.code' }),
    name: column.text({ default: 'none', index: true }),
    price: column.bigint({ default: 2n }),
    other: column.text({ nullable: true, collate: 'nocase' }),
    fresh: column.text({ default: 'x', unique: true, nullable: true })
  }, { checks: { cheap: 'price < 1000', named: "name <> ''" } })
]

t.test('sqlite: many changes of tables that reference each other make each table anew once, there and back', async t => {
  const { db, url } = await made(t, 'sqlite', [])
  const [old, now] = [declaring(t, url, MADE), declaring(t, url, CHANGED)]
  await old.createTables()
  await stamp(old)
  await sql`insert into owners (code) values ('a'), ('b')`.execute(db)
  await sql`insert into things (owner_id, name, price) values (1, null, 5)`.execute(db)
  const { rebuilds } = counting(t, now)
  const steps = await diff(now)
  t.equal(steps?.up.filter(line => line.startsWith('await schema.batch(')).length, 1)
  await run(now, steps?.up ?? [])
  t.same(rebuilds().sort(), ['owners', 'things'])
  t.equal(await diff(now), undefined)
  t.same((await sql`select name, price, fresh from things`.execute(db)).rows, [{ name: 'none', price: 5n, fresh: 'x' }])
  await run(now, steps?.down ?? [])
  t.same(rebuilds().sort(), ['owners', 'things'])
  t.equal(await diff(old), undefined)
  t.same((await sql`select name, price, owner_id from things`.execute(db)).rows, [{ name: 'none', price: 5, owner_id: null }])
})

onBoth('a batch runs its changes in their order, with statements, renames and tables between them', async (t, dialect) => {
  const { db, url } = await made(t, dialect, [])
  const old = declaring(t, url, MADE)
  await old.createTables()
  await sql`insert into owners (code) values ('a')`.execute(db)
  await sql`insert into things (owner_id, name, price, old) values (1, 'n', 5, '7')`.execute(db)
  await step(old, schema => schema.batch(async schema => {
    await schema.addColumn('things', 'note', column.text({ default: 'n', unique: true }))
    await schema.alterColumn('things', 'note', column.text({ default: 'm', nullable: true }))
    await schema.addColumn('things', 'plain', column.text({ nullable: true, index: true }))
    await schema.alterColumn('things', 'name', column.text({ default: 'none' }), { only: ['null', 'default'] })
    await schema.alterColumn('things', 'name', column.varchar(9, { default: 'none' }), { only: ['type'] })
    await schema.alterColumn('things', 'price', column.integer({ default: 1 }), { only: ['type'], using: 'price * 2' })
    await schema.dropConstraint('things', 'things_cheap_check')
    await schema.createIndex('things', { on: ['price'], name: 'by_price' })
    await schema.renameIndex('by_price', 'by_cost')
    await schema.addConstraint('things', { name: 'fair', check: 'price > 0' })
    await schema.createIndex('things', { on: ['price'], name: 'gone' })
    await schema.dropIndex('gone')
    // What is dropped and added again has nothing of what was there.
    await schema.dropColumn('things', 'old')
    await schema.addColumn('things', 'old', column.text({ default: 'new', nullable: true }))
    await schema.createTable('others', { id: column.id() })
    await schema.addConstraint('owners', { unique: ['code'] })
    await schema.run("insert into owners (code) values ('b')")
    await schema.renameConstraint('owners', 'owners_code_key', 'one_code')
    await schema.renameColumn('owners', 'code', 'word')
    await schema.addConstraint('others', { name: 'positive', check: 'id > 0' })
    await schema.dropTable('others')
    await schema.addConstraint('owners', { name: 'spoken', check: "word <> ''" })
    await schema.renameTable('owners', 'people')
    await schema.sql({ sqlite: "insert into people (word) values ('c')", postgres: "insert into people (word) values ('c')" })
  }))
  t.same((await sql`select name, price, old, note, plain from things`.execute(db)).rows, [{ name: 'n', price: 10, old: 'new', note: 'n', plain: null }])
  t.same((await sql`select word from people order by id`.execute(db)).rows, ['a', 'b', 'c'].map(word => ({ word })))
  await t.rejects(sql`insert into people (word) values ('c')`.execute(db))
  await t.rejects(sql`insert into things (price) values (0)`.execute(db))
  await step(old, schema => schema.dropIndex('by_cost'))
  await step(old, schema => schema.dropConstraint('people', 'one_code'))
})

onBoth('rows are not read or written through schema.db within a batch, and a batch that fails changes nothing', async (t, dialect) => {
  const { url } = await made(t, dialect, [])
  const old = declaring(t, url, MADE)
  await old.createTables()
  await stamp(old)
  await t.rejects(step(old, schema => schema.batch(async schema => { await schema.db.selectFrom('things').selectAll().execute() })), { message: 'Migrations: schema.db cannot be used within schema.batch(). Use it before or after the batch' })
  await t.rejects(step(old, schema => schema.batch(async schema => {
    await schema.dropColumn('things', 'other')
    await schema.dropColumn('things', 'nobody')
  })))
  t.equal(await diff(old), undefined)
  let kept: any
  await step(old, async schema => {
    await schema.batch(async schema => { kept = schema })
    await kept.addColumn('things', 'late', column.text({ nullable: true, unique: true }))
    t.same(await kept.db.selectFrom('things').select('late').execute(), [])
  })
})

t.test('sqlite: what rows do not fit is said of the table as it is called, beside one with the name of its copy', async t => {
  const { db, url } = await made(t, 'sqlite', ['create table things (id integer primary key, n integer)', 'create table things__new (id integer primary key)', 'insert into things (n) values (null)'])
  const now = declaring(t, url, [])
  await t.rejects(step(now, schema => schema.alterColumn('things', 'n', column.integer(), { only: ['null'] })), { message: 'Migrations: cannot change things: NOT NULL constraint failed: things.n' })
  await sql`update things set n = 1`.execute(db)
  await step(now, schema => schema.alterColumn('things', 'n', column.integer(), { only: ['null'] }))
  t.same((await sql`select name from sqlite_schema order by name`.execute(db)).rows, [{ name: 'things' }, { name: 'things__new' }])
})
