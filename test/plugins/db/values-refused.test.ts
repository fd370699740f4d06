import { randomBytes } from 'node:crypto'
import { Type } from '@fastify/type-provider-typebox'
import { CompiledQuery, sql } from 'kysely'
import t, { type Test } from 'tap'
import { column, ConstraintViolation, DatabaseError, prepare, QueryCanceled, sessionOf, table, type ValueFault, ValueViolation } from '../../../plugins/db/index.ts'
import { appWith, ask, databaseWith, emptyDatabase, hasPostgres, onBoth } from './databases.ts'

const things = table('things', {
  id: column.id(),
  n: column.integer({ default: 0 }),
  few: column.integer({ minimum: 1, maximum: 5, default: 1 }),
  big: column.bigint({ default: 0n }),
  name: column.text({ default: '', maxLength: 5 }),
  note: column.text({ nullable: true, unique: true }),
  secret: column.text({ hidden: true, default: '' }),
  price: column.decimal(5, 2, { nullable: true }),
  size: column.real({ default: 0 }),
  data: column.json(Type.Unknown(), { nullable: true }),
  at: column.dateTime({ nullable: true }),
  day: column.date({ nullable: true }),
  key: column.uuid({ nullable: true })
}, { title: 'Thing' })
const tables = [things] as const

onBoth('schemas of columns refuse what no database can hold, in bodies, paths and queries', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  const config = { depends: { db: sessionOf(tables) } }
  app.post('/', { config, schema: { body: things.Create, response: { 200: things.Public } } },
    async ({ body, deps: { db } }) => db.insertInto('things').values(body as never).returningAll().executeTakeFirstOrThrow())
  app.patch('/:id', { config, schema: { params: Type.Object({ id: things.columns.id.schema }), body: things.Update } },
    async ({ params, body, deps: { db } }) => ({ changed: (await db.updateTable('things').set(body as never).where('id', '=', (params as { id: number }).id).executeTakeFirst()).numUpdatedRows > 0n }))
  const { n, name } = things.columns
  app.get('/', { config, schema: { querystring: Type.Object({ n: Type.Optional(n.schema), name: Type.Optional(name.schema) }) } }, async () => 'ok')

  const unstorable = 'Value error, must not contain U+0000 or half of a surrogate pair'
  const bad: ReadonlyArray<readonly [field: string, json: string, type: string, msg?: string]> = [
    ['n', '2147483648', 'less_than_equal', 'Input should be less than or equal to 2147483647'], ['n', '-2147483649', 'greater_than_equal'], ['n', '1e300', 'int_parsing_size'],
    ['few', '6', 'less_than_equal', 'Input should be less than or equal to 5'], ['few', '0', 'greater_than_equal'],
    ['big', '"9223372036854775808"', 'int_parsing_size'], ['big', '"-9223372036854775809"', 'int_parsing_size'],
    ['name', '"a\\u0000"', 'value_error', unstorable], ['name', '"\\ud800"', 'value_error', unstorable], ['name', '"abcdef"', 'string_too_long'], ['note', '"\\u0000"', 'value_error', unstorable],
    ['price', '"1000"', 'decimal_whole_digits'], ['price', '"NaN"', 'finite_number'],
    ['price', `"999.${'9'.repeat(40)}"`, 'value_error', 'Value error, must have at most 3 digits before the decimal point, rounded'],
    ['size', '1e999', 'finite_number'], ['size', 'NaN', 'finite_number'],
    ['data', '"\\u0000"', 'value_error', unstorable], ['data', '[1,{"a":["\\udead"]}]', 'value_error', unstorable], ['data', '{"a\\u0000":null}', 'value_error', unstorable],
    ['data', '1e999', 'value_error', 'Value error, must not contain NaN or an infinite number'], ['data', '{"a":[-1e999]}', 'value_error'], ['data', '[NaN]', 'value_error'],
    ['at', '"0001-01-01T00:00:00+14:00"', 'value_error', 'Value error, must be in the years 1 to 9999, in UTC'], ['at', '"9999-12-31T23:59:59-12:00"', 'value_error'],
    ['day', '"10000-01-01"', 'date_from_datetime_parsing'], ['key', '"x"', 'uuid_parsing']
  ]
  for (const [field, json, type, msg] of bad) {
    for (const [method, url] of [['POST', '/'], ['PATCH', '/1']] as const) {
      const { statusCode, body } = await app.inject({ method, url, headers: { 'content-type': 'application/json' }, payload: `{"${field}":${json}}` })
      t.match([statusCode, JSON.parse(body)], [422, { detail: [{ type, loc: ['body', field], ...msg !== undefined && { msg } }] }], `${field}: ${json}`)
    }
  }
  t.match((await app.inject({ method: 'PATCH', url: '/2147483648', body: { n: 1 } })).json(), { detail: [{ type: 'less_than_equal', loc: ['path', 'id'] }] })
  t.match((await app.inject('/?n=2147483648&name=%00')).json(), { detail: [{ type: 'less_than_equal', loc: ['query', 'n'] }, { type: 'value_error', loc: ['query', 'name'] }] })

  const good = {
    n: 2147483647, big: '9223372036854775807', name: 'a😀\u0001', note: '\uffff', price: '999.99', size: 1e308, data: ['\\u0000', { 'a\u0001': null, b: 1 }], at: '0001-01-01T00:00:00Z', day: '9999-12-31'
  }
  const { statusCode, payload } = await app.inject({ method: 'POST', url: '/', body: good })
  t.equal(statusCode, 200)
  t.match(JSON.parse(payload.replace('9223372036854775807', '"9223372036854775807"')), good)
  t.same((await app.inject({ method: 'PATCH', url: '/1', body: { at: '9999-12-31T23:59:59.999Z', n: -2147483648 } })).json(), { changed: true })
})

onBoth('a number that JSON lacks is not stored as null', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  app.post('/', { config: { depends: { db: sessionOf(tables) } }, schema: { body: Type.Unknown() } }, async ({ body, deps: { db } }) => { await db.insertInto('things').values({ data: body as never }).execute() })
  const { statusCode, payload } = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '{"a":[1e999]}' })
  t.same([statusCode, JSON.parse(payload)], [422, { detail: [{ type: 'out_of_range', loc: ['body', 'data'], msg: 'Value is out of range' }] }])

  const db = app.db.of(tables)
  const add = prepare(tables, (db, { data }: { data: unknown }) => db.insertInto('things').values({ data: data as never }))
  for (const data of [NaN, [-Infinity], { a: { b: Infinity, c: null } }]) {
    const works: ReadonlyArray<() => Promise<unknown>> = [
      () => db.insertInto('things').values({ data }).execute(),
      () => db.insertInto('things').values([{ data: 1 }, { data, name: 'a' }]).execute(),
      () => db.updateTable('things').set({ data }).execute(),
      () => db.insertInto('things').values({ note: 'a' }).onConflict(on => on.column('note').doUpdateSet({ data })).execute(),
      () => add.execute(db, { data })
    ]
    for (const [index, work] of works.entries()) {
      const error = await work().catch((error: unknown) => error)
      t.ok(error instanceof ValueViolation, String(error))
      t.match(error, { fault: 'out_of_range', ...index < 4 && { table: 'things', columns: ['data'] } })
    }
  }
  t.same(await db.selectFrom('things').selectAll().execute(), [])
  const kept = [null, 'null', { at: new Date(0), null: null }]
  await db.insertInto('things').values({ data: kept }).execute()
  await add.execute(db, { data: kept })
  t.same((await db.selectFrom('things').select('data').execute()).map(({ data }) => data), Array(2).fill(JSON.parse(JSON.stringify(kept))))
})

onBoth('a response is not checked for what its database has kept already', async (t, dialect) => {
  t.same([things.Public.properties.n.maximum, things.Row.properties.id.maximum, things.Create.properties.n.maximum], [undefined, undefined, 2147483647])
  const loose = table('loose', { id: column.id(), note: column.text() }, { title: 'Loose' })
  const app = await appWith(t, await emptyDatabase(t, dialect), [loose])
  app.get('/', { config: { depends: { db: sessionOf([loose]) } }, schema: { response: { 200: loose.Public } } }, async ({ deps: { db } }) => db.selectFrom('loose').selectAll().executeTakeFirstOrThrow())
  await app.db.of([loose]).insertInto('loose').values({ note: 'a' }).execute()
  t.same((await app.inject('/')).json(), { id: 1, note: 'a' })
})

const test = (name: string, run: (t: Test) => Promise<void>) => { t.test(name, { skip: !hasPostgres && 'no PostgreSQL here' }, run) }

test('PostgreSQL refuses a value: what is wrong, and with which column where that can be told', async t => {
  const db = (await databaseWith(t, await emptyDatabase(t, 'postgres'), tables)).of(tables)
  await db.insertInto('things').values({}).execute()
  const insert = (values: object) => () => db.insertInto('things').values(values as never).execute()
  // Of what can be compressed an index takes more.
  const long = randomBytes(15_000).toString('base64')
  await sql`create table short (a varchar(2))`.execute(db)
  const cases: ReadonlyArray<readonly [name: string, work: () => Promise<unknown>, fault: ValueFault, told?: object]> = [
    ['an integer', insert({ n: 3e9 }), 'out_of_range', { table: 'things', columns: ['n'] }],
    ['NUL', insert({ name: 'a\0' }), 'invalid_character', { table: 'things', columns: ['name'] }],
    ['NUL in JSON', insert({ data: { a: '\0' } }), 'invalid_character', { table: 'things', columns: ['data'] }],
    ['half of a pair in JSON', insert({ data: ['\ud800'] }), 'invalid_value', { columns: ['data'] }],
    ['no UUID', insert({ key: 'x' }), 'invalid_value', { columns: ['key'] }],
    ['in one of two rows', () => db.insertInto('things').values([{ n: 1 }, { n: 3e9 }]).execute(), 'out_of_range', { columns: ['n'] }],
    ['of two columns with one value', insert({ n: 3e9, few: 3e9 }), 'out_of_range', { table: 'things', columns: [] }],
    ['an update', () => db.updateTable('things').set({ n: 3e9 }).execute(), 'out_of_range', { table: 'things', columns: ['n'] }],
    ['the where of an update', () => db.updateTable('things').set({ n: 1 }).where('id', '=', 3e9).execute(), 'out_of_range', { table: 'things', columns: [] }],
    ['the where of a delete', () => db.deleteFrom('things').where('id', '=', 3e9).execute(), 'out_of_range', { table: 'things', columns: [] }],
    ['a query', () => db.selectFrom('things').selectAll().where('id', '=', NaN).execute(), 'invalid_value', { table: undefined, columns: [] }],
    ['an instant', insert({ at: new Date('-000001-01-01T00:00:00Z') }), 'invalid_value', { columns: ['at'] }],
    ['a day', () => sql`select ${'2024-02-31'}::date`.execute(db), 'out_of_range'],
    ['an offset', () => sql`select ${'2024-01-01T00:00+99:00'}::timestamptz`.execute(db), 'out_of_range'],
    ['digits', insert({ price: '1000' }), 'out_of_range', { table: 'things', columns: [] }],
    ['arithmetic', () => db.updateTable('things').set({ n: sql`n + ${2147483647} + ${1}` as never }).execute(), 'out_of_range'],
    ['length', () => sql`select ${'abc'}::text::varchar(2), cast(${'abcd'} as bit(2))`.execute(db), 'invalid_value'],
    ['a text for its type', () => sql`insert into short values (${'abc'})`.execute(db), 'too_long'],
    ['a text for its index', insert({ note: long }), 'too_long', { table: 'things' }],
    ['a limit', () => db.selectFrom('things').selectAll().limit(-1).execute(), 'invalid_value'],
    ['an offset of rows', () => db.selectFrom('things').selectAll().offset(-1).execute(), 'invalid_value'],
    ['a pattern of like', () => db.selectFrom('things').selectAll().where(sql<boolean>`'ab' like ${'a\\'}`).execute(), 'invalid_value'],
    ['a regular expression', () => db.selectFrom('things').selectAll().where(sql<boolean>`'a' ~ ${'('}`).execute(), 'invalid_value'],
    ['a time zone', () => sql`select now() at time zone ${'x/y'}`.execute(db), 'invalid_value']
  ]
  for (const [name, work, fault, told = {}] of cases) {
    for (const inSession of [false, true]) {
      const error = await (inSession ? db.session(work) : work()).then(() => undefined, error => error)
      t.ok(error instanceof ValueViolation && error instanceof ConstraintViolation, `${name}: ${String(error)}`)
      t.match(error, { name: 'ValueViolation', fault, ...told }, name)
    }
  }
  const byName = prepare(tables, (db, { n }: { n: number }) => db.insertInto('things').values({ n }))
  t.match(await byName.execute(db, { n: 3e9 }).catch(error => error), { fault: 'out_of_range', table: 'things', columns: ['n'] }, 'prepared')
})

test('what is wrong with a statement itself is no client’s mistake', async t => {
  const app = await appWith(t, await emptyDatabase(t, 'postgres'), tables)
  const statements: Readonly<Record<string, () => Promise<unknown>>> = {
    'a division by zero': () => sql`select 1 / ${0}::int`.execute(app.db),
    'no parameter, and so no value from outside': () => sql`select 'x'::uuid`.execute(app.db),
    'an argument of a logarithm': () => sql`select ln(${0}::float8)`.execute(app.db),
    'more parameters than it has places for': () => app.db.executeQuery(CompiledQuery.raw('select $1::int', [1, 2]))
  }
  for (const [name, work] of Object.entries(statements)) {
    const error = await work().then(() => undefined, error => error)
    t.ok(error instanceof Error && !(error instanceof DatabaseError), `${name}: ${String(error)}`)
  }
  app.get<{ Params: { name: string } }>('/:name', async ({ params: { name } }) => statements[name]?.())
  for (const name of Object.keys(statements)) {
    const { statusCode, payload } = await app.inject(`/${encodeURIComponent(name)}`)
    t.same([statusCode, JSON.parse(payload)], [500, { detail: 'Internal Server Error' }], name)
  }
})

test('a client is told what is wrong, not of hidden columns, and nothing of SQL; the log has no value', async t => {
  const app = await appWith(t, await emptyDatabase(t, 'postgres'), tables)
  const config = { depends: { db: sessionOf(tables) } }
  app.post('/', { config }, async ({ body, deps: { db } }) => { await db.insertInto('things').values(body as never).execute() })
  app.get('/:id', { config }, async ({ params, deps: { db } }) => db.selectFrom('things').selectAll().where('id', '=', Number((params as { id: string }).id)).execute())
  app.get('/slow', { config: { ...config, transaction: { readOnly: false } } }, async ({ deps: { db } }) => {
    const { rows: [own] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    const failed = sql`select pg_sleep(60)`.execute(db).catch((error: unknown) => error)
    for (;;) {
      const [row] = await ask(`select pg_cancel_backend(pid) as done from pg_stat_activity where pid = ${own?.pid} and query like 'select pg_sleep%' and state = 'active'`)
      if (row?.done === true) break
    }
    throw await failed
  })
  const answer = async (body: object) => {
    const { statusCode, payload } = await app.inject({ method: 'POST', url: '/', body })
    return [statusCode, JSON.parse(payload)]
  }
  const logged = t.capture(app.log, 'info')
  t.same(await answer({ n: 3e9 }), [422, { detail: [{ type: 'out_of_range', loc: ['body', 'n'], msg: 'Value is out of range' }] }])
  t.same(await answer({ name: 'hunter2\0' }), [422, { detail: [{ type: 'invalid_character', loc: ['body', 'name'], msg: 'Value has a character that cannot be stored' }] }])
  t.same(await answer({ secret: 'hunter2\0' }), [422, { detail: [{ type: 'invalid_character', loc: [], msg: 'Value has a character that cannot be stored' }] }])
  const none = await app.inject('/3000000000')
  t.same([none.statusCode, none.json()], [422, { detail: [{ type: 'out_of_range', loc: [], msg: 'Value is out of range' }] }])
  const told = logged().map(({ args: [{ req: _, res: __, ...rest }, message] }: any) => JSON.stringify([rest, message]))
  t.ok(told.some(line => line.includes('Value has a character that cannot be stored: things (secret)')))
  t.notMatch(told.join(), /hunter2|3000000000/)

  const slow = await app.inject('/slow')
  t.same([slow.statusCode, slow.json(), slow.headers['retry-after']], [504, { detail: 'Gateway Timeout' }, undefined])
  t.match(new QueryCanceled(false), { timedOut: false, message: 'The statement was cancelled' })
  t.match([QueryCanceled.status, QueryCanceled.schema], [504, { title: 'QueryCanceled' }])
})

t.test('SQLite refuses a value', async t => {
  const db = (await databaseWith(t, await emptyDatabase(t, 'sqlite'), tables)).of(tables)
  const cases: ReadonlyArray<readonly [work: () => Promise<unknown>, fault: ValueFault, told?: object]> = [
    [() => db.insertInto('things').values({ id: 'x' as never }).execute(), 'invalid_value', { table: 'things' }],
    [() => db.selectFrom('things').selectAll().limit(1.5).execute(), 'invalid_value'],
    [() => db.selectFrom('things').selectAll().where('big', '=', 2n ** 70n).execute(), 'out_of_range']
  ]
  for (const [work, fault, told = {}] of cases) t.match(await work().catch(error => error), { name: 'ValueViolation', fault, ...told })
  t.notOk(await sql`select * from things limit 'x'`.execute(db).catch(error => error) instanceof ConstraintViolation, 'without a parameter')
})

onBoth('a statement with too many parameters is refused by name, before it is sent', async (t, dialect) => {
  const pairs = table('pairs', { id: column.id(), a: column.text(), b: column.text() })
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [pairs])).of([pairs])
  const [name, most] = dialect === 'sqlite' ? ['SQLite', 32_766] : ['PostgreSQL', 65_535]
  const rows = (count: number) => Array.from({ length: count }, () => ({ a: 'x', b: 'y' }))
  const fits = Math.floor(most / 2)
  await db.insertInto('pairs').values(rows(fits)).execute()
  const insert = async (db: { insertInto: any }) => db.insertInto('pairs').values(rows(fits + 1)).execute()
  const refusal = {
    code: 'APIKIT_ERR_TOO_MANY_PARAMETERS',
    message: `A statement has ${2 * (fits + 1)} parameters, and ${name} takes ${most}: insert at most ${fits} rows at once into pairs, in one session so that all or none are kept`
  }
  await t.rejects(insert(db), refusal)
  await t.rejects(db.session(insert), refusal)
  await t.rejects(db.selectFrom('pairs').select('id').where('id', 'in', Array.from({ length: most + 1 }, (_, id) => id)).execute(), { message: `A statement has ${most + 1} parameters, and ${name} takes ${most}` })
  const { count } = await db.selectFrom('pairs').select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow() as { count: number }
  t.equal(count, fits)
})
