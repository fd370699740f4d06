import { Type } from '@fastify/type-provider-typebox'
import { Temporal } from 'temporal-polyfill'
import t from 'tap'
import { column, diff, pull, raw, table } from '../../../plugins/db/index.ts'
import { emptyDatabase, databaseWith, onBoth } from './databases.ts'

interface Spot {
  readonly x: number
  readonly y: number
}

const words = table('words', {
  id: column.uuid({ primaryKey: true, generated: 'uuid' }),
  small: column.smallint({ default: -3 }),
  name: column.varchar(20, { collate: raw({ postgres: '"C"', sqlite: 'nocase' }), nullable: true }),
  code: column.char(3, { default: 'abc' }),
  mail: column.email({ nullable: true }),
  at: column.time({ nullable: true }),
  span: column.interval({ nullable: true }),
  tags: column.array(column.text(), { default: ['a', 'it\'s "b"'] }),
  counts: column.array(column.integer(), { nullable: true }),
  mood: column.enum(['sad', 'ok'], { native: 'mood', default: 'ok' }),
  twice: column.integer({ generated: { as: 'small * 2' } }),
  day: column.date({ default: raw({ postgres: 'current_date', sqlite: "(date('now'))" }) }),
  spot: column.of({ postgres: 'point', sqlite: 'text' }, Type.Unsafe<Spot>(Type.Any()), {
    nullable: true,
    decode: (value: unknown) => {
      const [x, y] = String(value).slice(1, -1).split(',')
      return { x: Number(x), y: Number(y) }
    },
    encode: ({ x, y }: Spot) => `(${x},${y})`
  }),
  camelCase: column.integer({ nullable: true })
}, {
  title: 'Word',
  unique: [{ name: 'one_name', columns: ['name', 'code'] }],
  checks: { few: 'small < 100' },
  indexes: [
    { on: ['lower(name)'], where: 'small > 0', unique: true }, { name: 'by_small', on: [{ column: 'small', desc: true, nulls: 'last' }, 'code'], include: ['day'] },
    { on: ['tags'], using: 'gin', with: { fastupdate: false } }
  ]
})

onBoth('a table has all kinds of columns, indexes and keys; it is made, written, read, and pulled back', async (t, dialect) => {
  const url = await emptyDatabase(t, dialect)
  const db = (await databaseWith(t, url, [words])).of([words])
  t.equal(await diff(db), undefined, 'quiet')
  await db.insertInto('words').values({
    name: 'Ann',
    at: Temporal.PlainTime.from('12:30:00'),
    span: Temporal.Duration.from({ days: 1, hours: 2 }),
    counts: [1, 2],
    spot: { x: 1.5, y: -2 },
    camelCase: 7
  }).execute()
  const row = await db.selectFrom('words').selectAll().executeTakeFirstOrThrow()
  t.match(row.id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  t.equal(String(row.at), '12:30:00')
  t.equal(row.span?.total('hours'), 26)
  t.ok(row.day instanceof Temporal.PlainDate)
  t.same([row.small, row.code, row.mood, row.twice, row.spot, row.camelCase], [-3, 'abc', 'ok', -6, { x: 1.5, y: -2 }, 7])
  t.same([row.tags, row.counts], dialect === 'sqlite' ? [['a', 'it\'s "b"'], [1, 2]] : [['a', 'it\'s "b"'], [1, 2]])
  await t.rejects(db.insertInto('words').values({ small: 100 }).execute(), { name: 'CheckViolation' })
  await t.rejects(db.insertInto('words').values({ name: 'Ann', code: 'abc' }).execute(), { name: 'UniqueViolation', table: 'words', columns: ['name', 'code'] })

  const { tables, text } = await pull(db)
  t.match(text, /export const words = table\('words', \{/)
  t.equal(tables.length, 1)
})

onBoth('a change of nothing changes nothing, and finds its row', async (t, dialect) => {
  const users = table('users', { id: column.id(), name: column.text() })
  const keys = table('keys', { a: column.integer({ primaryKey: true, generated: 'identity always' }) })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [users, keys])).of([users])
  await db.insertInto('users').values({ name: 'ann' }).execute()
  const body: { name?: string } = {}
  t.same(await db.updateTable('users').set(body).where('id', '=', 1).returningAll().executeTakeFirst(), { id: 1, name: 'ann' })
  t.equal((await db.updateTable('users').set(body).where('id', '=', 2).executeTakeFirst()).numUpdatedRows, 0n)
})

t.test('what clients give leaves out keys, and what the server sets', async t => {
  const users = table('users', {
    id: column.uuid({ primaryKey: true, generated: 'uuid' }),
    email: column.email(),
    is_active: column.boolean({ default: true }),
    hashed_password: column.text({ hidden: true }),
    owner_id: column.integer({ serverSet: true }),
    created_at: column.dateTime({ default: 'now', readOnly: true }),
    full: column.text({ generated: { as: 'email' } })
  }, { title: 'User' })
  t.same(Object.keys(users.Create.properties), ['email', 'is_active'])
  t.same(Object.keys(users.Update.properties), ['email', 'is_active'])
  t.equal(users.Public.properties.created_at.readOnly, true)
  const places = table('places', { city: column.text({ primaryKey: true }), name: column.text() })
  t.same([Object.keys(places.Create.properties), Object.keys(places.Update.properties)], [['city', 'name'], ['name']])
  const composite = table('composite', { a: column.integer(), b: column.integer(), c: column.text() }, { primaryKey: ['a', 'b'] })
  t.same(Object.keys(composite.Update.properties), ['c'])
  const named = table('named', { a: column.integer(), c: column.text() }, { primaryKey: { name: 'pk', columns: ['a'] } })
  t.same(Object.keys(named.Update.properties), ['c'])

  const SignUp = users.create({ omit: ['is_active'], add: { password: Type.String() }, title: 'SignUp' })
  t.same([SignUp.title, Object.keys(SignUp.properties), SignUp.required], ['SignUp', ['email', 'password'], ['email', 'password']])
  t.same(Object.keys(users.public({ pick: ['id'] }).properties), ['id'])
  t.same(users.update().required, undefined)
  t.throws(() => users.public({ pick: ['hashed_password' as never] }), { code: 'APIKIT_ERR_TABLE', message: /it has no field hashed_password/ })
})
