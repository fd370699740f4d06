import { sql } from 'kysely'
import t from 'tap'
import { column, sessionOf, table, withMany, withOne } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, emptyDatabase, hasPostgres, onBoth } from './databases.ts'
import { Type } from '@sinclair/typebox'

const things = table('things', {
  id: column.id(),
  long: column.decimal(20, 2, { nullable: true }),
  short: column.decimal(10, 2, { nullable: true }),
  large: column.bigint({ nullable: true }),
  is: column.boolean({ nullable: true }),
  data: column.json(Type.Unknown(), { nullable: true }),
  at: column.dateTime({ nullable: true }),
  day: column.date({ nullable: true }),
  time: column.time({ nullable: true }),
  span: column.interval({ nullable: true }),
  own: column.of('text', Type.Number(), { nullable: true, decode: (text: string) => { if (text === 'x') throw new TypeError('own'); return Number(text) } })
})
const tables = [things] as const

const WRONG = {
  sqlite: [
    ['long', "'abc'", 'a text, which is no decimal'], ['long', "'NaN'", 'NaN, which is no decimal'], ['short', "'abc'", 'a text, which is no decimal'], ['short', '9e999', 'Infinity, which is no decimal'],
    ['large', '1.5', 'a (?:number|text), which is no bigint'], ['large', "''", 'a text, which is no bigint'], ['is', "'false'", 'a text, which is no boolean'], ['data', "'{'", 'a text, which is no JSON'],
    ['at', "'soon'", 'a text, which is no timestamp'], ['day', "'today'", 'a text, which is no date'], ['time', "'noon'", 'a text, which is no time'], ['span', "'long'", 'a text, which is no interval'], ['short', "x'00'", 'bytes, which is no decimal'], ['is', "x'00'", 'bytes, which is no boolean'], ['at', "x'00'", 'bytes, which is no timestamp']
  ],
  postgres: [
    ['short', "'NaN'", 'NaN, which is no decimal'], ['at', "'infinity'", 'infinity, which is no timestamp'], ['at', "'-infinity'", '-infinity, which is no timestamp'], ['day', "'infinity'", 'infinity, which is no date'],
    ['day', "'0044-03-15 BC'", 'a text, which is no date'], ['time', "'24:00'", 'a text, which is no time']
  ]
} as const

onBoth('what the type of a column does not have is an error, which names the column, and never a value', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  for (const [name, value, words] of WRONG[dialect]) {
    await t.test(`${name} ${value}`, async t => {
      await db.deleteFrom('things').execute()
      // What SQLite would not put into JSON is left out of it.
      const isBlob = value.startsWith('x')
      await sql`insert into things (${sql.ref(name)}) values (null), (${sql.raw(value)})`.execute(db)
      const expected = { code: 'APIKIT_ERR_STORED_VALUE', message: new RegExp(`^The column "(?:apikit_\\w+\\.)?things\\.${name}" has ${words}\\. `) }
      await t.rejects(async () => db.selectFrom('things').selectAll().execute(), expected)
      await t.rejects(async () => db.selectFrom('things').select(`${name} as x`).execute(), expected, 'under another name')
      await t.rejects(async () => { for await (const row of db.selectFrom('things').select(name).stream(1)) t.equal(Object.values(row)[0], null) }, expected, 'of a stream')
      await t.rejects(async () => db.session(async session => { for await (const row of session.selectFrom('things').select(name).orderBy('id').stream(1)) t.ok(row) }), expected, 'of a stream in a transaction')
      if (isBlob) return
      const related = { on: { id: 'o.id' }, pick: ['id', name] } as const
      await t.rejects(async () => db.selectFrom('things as o').select('o.id').select(withMany(things, related).as('all')).execute(), expected, 'of a relation')
      await t.rejects(async () => db.selectFrom('things as o').select('o.id').select(withOne(things, related).as('one')).execute(), expected, 'of a relation to one')
    })
  }
  await db.deleteFrom('things').execute()
  await sql`insert into things (own) values ('x')`.execute(db)
  await t.rejects(async () => db.selectFrom('things').select('own').execute(), new TypeError('own'), 'what a column decodes itself')
})

t.test('PostgreSQL: an infinite interval, and a number of no column', { skip: !hasPostgres && 'no PostgreSQL here' }, async t => {
  const db = await databaseWith(t, await emptyDatabase(t, 'postgres'), tables)
  await t.rejects(async () => sql`select 'NaN'::numeric as x`.execute(db), { code: 'APIKIT_ERR_STORED_VALUE', message: /The column "x" has NaN, which is no decimal/ })
  const { rows: [version] } = await sql<{ v: number }>`select current_setting('server_version_num')::int as v`.execute(db)
  if (Number(version?.v) < 170_000) return
  await sql`insert into things (span) values ('-infinity')`.execute(db)
  await t.rejects(async () => db.of(tables).selectFrom('things').select('span').execute(), { code: 'APIKIT_ERR_STORED_VALUE', message: /things\.span" has -infinity, which is no interval/ })
})

onBoth('a row that cannot be read is a 500, and the log says which column', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  await sql`insert into things (short) values ('NaN')`.execute(app.db)
  app.get('/', { config: { depends: { db: sessionOf(tables) } } as never, schema: { response: { 200: Type.Array(things.Public) } } }, (async ({ deps: { db } }: any) => db.selectFrom('things').selectAll().execute()) as never)
  const seen: any[] = []
  app.addHook('onError', async (_request, _reply, error) => { seen.push(error) })
  const answer = await app.inject('/')
  t.equal(answer.statusCode, 500)
  t.notMatch(answer.payload, /things|NaN/)
  t.match(seen, [{ code: 'APIKIT_ERR_STORED_VALUE', message: /things\.short" has NaN/ }])
})
