import { Decimal } from 'decimal.js'
import { type AliasableExpression, type ExpressionBuilder, sql } from 'kysely'
import t, { type Test } from 'tap'
import { column, cursorPaging, CursorPage, type Database, find, fromPath, insertMany, page, prepare, sessionOf, table, type TablesOf, UniqueViolation, withMany } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, type DialectName, emptyDatabase, onBoth } from './databases.ts'

const accounts = table('accounts', {
  iban: column.decimal(24, 2, { primaryKey: true }),
  amount: column.decimal(40, 10),
  price: column.decimal(10, 2, { default: '0' }),
  rest: column.decimal(20, 2, { default: '1.5' })
}, { title: 'Account' })
const moves = table('moves', { id: column.id(), iban: column.decimal(24, 2), fee: column.decimal(20, 4, { nullable: true }), whole: column.decimal(20, 0, { nullable: true }) })
const tables = [accounts, moves] as const

type Db = Database<TablesOf<typeof tables>>

async function open (t: Test, dialect: DialectName): Promise<Db> {
  return (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
}

const LARGE = '12345678901234567890'
const dec = (text: string): never => new Decimal(text) as never

onBoth('equal decimals are equal, however they are written', async (t, dialect) => {
  const db = await open(t, dialect)
  await db.insertInto('accounts').values({ iban: dec(`${LARGE}.1`), amount: dec('1e3'), price: dec('1.005') }).execute()
  for (const iban of [`${LARGE}.10`, `${LARGE}.1`, `+0${LARGE}.100`]) await t.rejects(db.insertInto('accounts').values({ iban: iban as never, amount: dec('1') }).execute(), UniqueViolation, iban)
  await t.rejects(insertMany(db, accounts, [{ iban: dec(`${LARGE}.100`), amount: dec('1') }]), UniqueViolation)
  const text = async (): Promise<unknown> => Object.values((await db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow())).map(value => (value as { toJSON?: () => unknown }).toJSON?.())
  t.same(await text(), [`${LARGE}.1`, '1000', '1.01', '1.5'], 'rounded as the column says')
  const byIban = prepare(tables, (db, { iban }: { iban: never }) => db.selectFrom('accounts').select('price').where('iban', '=', iban))
  for (const iban of [`${LARGE}.1`, `${LARGE}.10`, `${LARGE}.1000`]) {
    t.ok(await find(db, accounts, dec(iban)), iban)
    t.equal((await byIban.execute(db, { iban: iban as never })).length, 1, iban)
    t.equal((await db.selectFrom('accounts').select('price').where('iban', 'in', [iban as never]).execute()).length, 1, iban)
    t.equal((await db.selectFrom('accounts').select('price').where('iban', 'in', [iban as never, sql<never>`'0'`]).execute()).length, 1, iban)
  }
  t.equal(await find(db, accounts, dec(`${LARGE}.104`)), undefined, 'what is compared is not rounded')
  await db.updateTable('accounts').set({ amount: '7.5' as never }).where('iban', '=', dec(`${LARGE}.1`)).execute()
  await insertMany(db, accounts, [{ iban: dec(`${LARGE}.10`), amount: dec('8') }], { onConflict: { columns: ['iban'], do: 'update' } })
  t.equal((await db.selectFrom('accounts').select('iban').where('amount', '=', '8.000' as never).where('rest', '=', 1.5 as never).execute()).length, 1)
  await db.updateTable('accounts').set({ amount: '-0' as never }).execute()
  t.equal((await db.selectFrom('accounts').select('iban').where('amount', '=', 0 as never).where('amount', 'is not', null).execute()).length, 1)
})

const VALUES = ['-100000000000000000.5', '-99', '-9.25', '-9.2', '0', '0.0000000001', '9', '10', '10.5', '99999999999999999999', '100000000000000000000']

async function filled (t: Test, dialect: DialectName): Promise<Db> {
  const db = await open(t, dialect)
  await insertMany(db, accounts, VALUES.map((amount, nr) => ({ iban: dec(String(nr)), amount: dec(amount) })).reverse())
  return db
}

onBoth('long decimals are sorted and compared as numbers', async (t, dialect) => {
  const db = await filled(t, dialect)
  const read = async (rows: Promise<ReadonlyArray<{ amount: unknown }>>): Promise<string[]> => (await rows).map(({ amount }) => (amount as Decimal).toFixed())
  t.same(await read(db.selectFrom('accounts').select('amount').orderBy('amount').execute()), VALUES)
  t.same(await read(db.selectFrom('accounts as a').select('a.amount').orderBy('a.amount', 'desc').execute()), VALUES.toReversed())
  t.same(await read(db.selectFrom('accounts').select(['amount as x', 'amount']).orderBy('x').execute()), VALUES, 'by its alias')
  const above = (value: unknown): Promise<string[]> => read(db.selectFrom('accounts').select('amount').where('amount', '>', value as never).orderBy('amount').execute())
  t.same(await above('9.0'), VALUES.slice(7))
  t.same(await above(-9.22), VALUES.slice(3))
  t.same(await read(db.selectFrom('accounts').select('amount').where(eb => eb.between('amount', dec('-9.25'), dec('9'))).orderBy('amount').execute()), VALUES.slice(2, 7))
  t.same(await read(db.selectFrom('accounts').select('amount').where(eb => eb(eb.val<Decimal>(new Decimal('10')), '>=', eb.ref('amount') as never)).orderBy('amount').execute()), VALUES.slice(0, 8))
  const inner = db.selectFrom('accounts').select(['amount', 'iban'])
  t.same(await read(db.selectFrom(inner.as('x')).select('x.amount').where('x.amount', '<', dec('9.5')).orderBy('x.amount').execute()), VALUES.slice(0, 7), 'of a subquery')
  t.same(await read(db.with('some', () => inner).selectFrom('some').select('amount').where('amount', '<', dec('9.5')).orderBy('amount').execute()), VALUES.slice(0, 7), 'of a with')
  t.same(await read(db.with('some', () => inner).selectFrom('some as s').select('s.amount').where('s.amount', '<', dec('9.5')).orderBy('s.amount').execute()), VALUES.slice(0, 7), 'of a with, by an alias')
  t.equal((await db.deleteFrom('accounts').where('amount', '<', dec('-9.2')).executeTakeFirst()).numDeletedRows, 3n)

  await insertMany(db, moves, [{ iban: dec('4'), fee: dec('4.0') }, { iban: dec('5.0'), fee: null }, { iban: dec('6'), fee: dec('10') }])
  const joined = (query: Promise<ReadonlyArray<{ id: number }>>): Promise<number[]> => query.then(rows => rows.map(({ id }) => id))
  const both = db.selectFrom('moves').innerJoin('accounts', 'accounts.iban', 'moves.iban').select('moves.id')
  t.same(await joined(both.orderBy('fee').orderBy('id').where('fee', 'is not', null).execute()), [1, 3], 'in a join, without its table')
  t.same(await joined(both.whereRef('fee', '=', 'moves.iban').execute()), [1], 'columns of another scale')
  const many = await db.selectFrom('accounts').select('accounts.iban').select(withMany(moves, { on: { iban: 'accounts.iban' }, query: rows => rows.where('fee', '>', dec('9')) }).as('moves')).where('iban', '=', dec('6')).execute()
  t.equal(many[0]?.moves[0]?.fee?.toFixed(4), '10.0000')
})

t.test('SQLite refuses to calculate with decimals that it keeps as text', async t => {
  const db = await filled(t, 'sqlite')
  const code = { code: 'APIKIT_ERR_LONG_DECIMAL' }
  await t.rejects(async () => db.selectFrom('accounts').select(({ fn }) => fn.max('amount').as('x')).execute(), code)
  await t.rejects(async () => db.updateTable('accounts').set(eb => ({ amount: eb('amount', '+', dec('1')) })).execute(), code)
  const calculated: ReadonlyArray<(eb: ExpressionBuilder<TablesOf<typeof tables>, 'accounts'>) => AliasableExpression<unknown>> = [
    eb => eb('amount', 'in', eb.selectFrom('moves').select('fee').unionAll(sql`select '2'` as never) as never), eb => eb.fn('sum', ['amount']), eb => eb.fn.sum(eb.fn.coalesce('amount', sql.lit(0) as never)), eb => eb.fn.sum(eb.case().when('price', '>', dec('1')).then(eb.ref('amount')).end()),
    eb => eb.fn.sum(eb.parens(eb.case().when('price', '>', dec('1')).then(sql.lit(0)).else(eb.ref('amount')).end())), eb => eb.neg(eb.ref('amount')), eb => eb(eb.fn('abs', ['amount']), '*', sql.lit(2)), eb => eb.fn.sum(eb.neg(eb.ref('amount'))), eb => eb(sql.lit(2), '*', eb.ref('amount') as never)
  ]
  for (const one of calculated) await t.rejects(async () => db.selectFrom('accounts').select(eb => one(eb).as('x')).execute(), code, String(one))
  await db.selectFrom('accounts').select(eb => [eb.fn.sum(eb.case().when('amount', '>', dec('1')).then(sql.lit(1)).else(sql.lit(0)).end()).as('n'), eb.neg(eb.ref('price')).as('price'), eb.not(eb('amount', '=', dec('1'))).as('other'), eb.fn('length', ['amount']).as('length')]).execute()
  t.same(await db.selectFrom('accounts').select(({ fn }) => [fn.max<number>('price').as('x'), fn.count<number>('amount').as('n')]).execute(), [{ x: 0, n: VALUES.length }])
  await db.insertInto('accounts').values({ iban: dec('99'), amount: 'no number' as never }).execute()
  t.equal((await db.selectFrom('accounts').select('iban').where('amount', '=', 'no number' as never).execute()).length, 1)
  await db.insertInto('moves').values({ iban: dec('1'), whole: dec('2.5') }).execute()
  t.same((await sql`select whole || '' as whole from moves`.execute(db)).rows, [{ whole: '3' }])
  t.equal((await db.selectFrom('accounts').select('iban').orderBy('amount').limit(1).execute()).length, 1, 'what others have written is sorted before')
})

onBoth('long decimals of other columns are stored and compared by their value', async (t, dialect) => {
  const db = await open(t, dialect)
  await insertMany(db, accounts, ['1.1', '2', '-3', '10'].map((text, nr) => ({ iban: dec(String(nr + 1)), amount: dec(text) })))
  await insertMany(db, moves, ['1.1', '10', '7'].map((text, nr) => ({ iban: dec(String(nr + 1)), fee: dec(text) })))
  const found = async (query: { execute: () => Promise<unknown[]> }): Promise<number[]> => (await query.execute() as Array<{ iban: Decimal }>).map(({ iban }) => iban.toNumber()).sort((a, b) => a - b)
  const all = db.selectFrom('accounts').select('accounts.iban')
  const fees = db.selectFrom('moves').select('fee')
  t.same(await found(all.where('amount', 'in', fees as never)), [1, 4], 'in a query')
  t.same(await found(all.where('amount', 'not in', fees.unionAll(db.selectFrom('moves').select('moves.iban as fee')) as never)), [3], 'in a query of two scales')
  t.same(await found(all.where(eb => eb('amount', 'not in', eb.parens(fees.where('fee', '>', dec('5')) as never) as never))), [1, 2, 3], 'in parentheses')
  t.same(await found(all.where('amount', '=', fees.where('moves.id', '=', 1) as never)), [1], 'equal to that of a query')
  t.same(await found(all.where(eb => eb('amount', 'in', [eb.val(dec('1.10')), eb.val(dec('3'))] as never))), [1], 'in a list of expressions')
  t.same(await db.selectFrom(fees.as('x')).select('x.fee').where('x.fee', '=', dec('1.1')).execute(), [{ fee: dec('1.1') }], 'of a query in the place of a table')
  t.same(await found(all.where('amount', '=', sql<never>`1.1`)), [1], 'equal to raw SQL')
  t.same(await found(all.where(eb => eb(eb.fn.coalesce('amount', 'rest'), '=', dec('1.10')))), [1], 'chosen among others')
  t.same(await found(all.where(eb => eb(eb.fn.coalesce('amount', 'rest'), 'in', [dec('1.10'), dec('10')]))), [1, 4])
  t.same(await found(all.where(eb => eb(eb.refTuple('amount', 'price') as never, 'in', [eb.tuple(dec('1.10'), 0), eb.tuple(dec('2'), 5)] as never))), [1], 'in a tuple')
  t.same(await found(all.where(eb => eb(eb.refTuple('amount', 'price') as never, '=', eb.tuple(dec('1.10'), 0) as never))), [1])
  t.same(await found(all.where(eb => eb(eb.refTuple('price', 'price') as never, '=', eb.tuple(0, 0) as never))), [1, 2, 3, 4], 'a tuple of others')
  t.same(await found(all.where(eb => eb(eb.refTuple('price', 'amount') as never, 'in', db.selectFrom('moves').select([sql.lit(0).as('zero'), 'fee']) as never))), [1, 4], 'a tuple in a query')
  const sorted = await all.orderBy(eb => eb.fn.coalesce('amount', 'rest'), 'desc').execute()
  t.same(sorted.map(({ iban }) => iban.toNumber()), [4, 2, 1, 3], 'sorted by one chosen among others')
  const both = db.selectFrom(fees.unionAll(db.selectFrom('accounts').select('amount as fee')).as('x'))
  t.equal((await both.select('x.fee').where('x.fee', '=', dec('1.1')).execute()).length, 2, 'of a union of all')

  const amounts = async (): Promise<unknown> => (await sql<{ x: string }>`select amount || '' as x from accounts order by ${dialect === 'sqlite' ? sql`cast(iban as real)` : sql`iban`}`.execute(db)).rows.map(({ x }) => x)
  await db.updateTable('accounts').set(eb => ({ amount: eb.ref('iban') })).where('iban', '=', dec('2')).execute()
  await db.updateTable('accounts').set(eb => ({ amount: eb.ref('price'), rest: eb.ref('rest') })).where('iban', '=', dec('3')).execute()
  await db.insertInto('accounts').columns(['iban', 'amount']).expression(db.selectFrom('moves').select(eb => [sql<never>`cast(cast(iban as integer) + 4 as integer)`.as('iban'), eb.ref('fee').as('amount')]).where('id', '=', 1)
    .unionAll(db.selectFrom('moves').select([sql<never>`6`.as('iban'), 'fee as amount']).where('id', '=', 2)) as never).execute()
  await db.insertInto('accounts').values(eb => ({ iban: dec('7'), amount: eb.selectFrom('moves').select('fee').where('id', '=', 3) as never })).execute()
  await db.insertInto('accounts').values({ iban: dec('7'), amount: dec('8') }).onConflict(one => one.column('iban').doUpdateSet({ amount: eb => eb.ref('excluded.iban') })).execute()
  t.same(await amounts(), ['1.1000000000', '2.0000000000', '0.0000000000', '10.0000000000', '1.1000000000', '10.0000000000', '7.0000000000'])
})

t.test('SQLite refuses what depends on how a long decimal is written', async t => {
  const db = await open(t, 'sqlite')
  const code = { code: 'APIKIT_ERR_LONG_DECIMAL' }
  const [amounts, fees] = [db.selectFrom('accounts').select('amount as x'), db.selectFrom('moves').select('fee as x')]
  await t.rejects(async () => amounts.union(fees as never).execute(), code)
  await t.resolves(async () => amounts.union(amounts).unionAll(fees as never).execute())
  await t.resolves(async () => db.selectFrom('moves').select('id').union(db.selectFrom('moves').select('id')).execute())
  await t.rejects(async () => db.insertInto('accounts').expression(db.selectFrom('accounts').selectAll()).execute(), code, 'without columns')
  await t.rejects(async () => db.insertInto('moves').columns(['id', 'fee']).expression(db.selectFrom('moves').selectAll('moves') as never).execute(), code, 'of all columns')
  await t.rejects(async () => db.selectFrom('accounts').select('iban').where('amount', 'in', db.selectFrom('moves').selectAll() as never).execute(), code)
  await t.rejects(async () => db.selectFrom('accounts').select('iban').where(eb => eb(eb.refTuple('amount', 'price') as never, 'in', sql`(values ('1.1', 0))` as never)).execute(), code, 'raw SQL beside a tuple')
  await t.rejects(async () => db.selectFrom('accounts').select('iban').where('amount', 'in', db.selectFrom('moves').selectAll('moves') as never).execute(), code)
  await t.rejects(async () => db.insertInto('others' as never).expression(fees as never).execute(), { message: /others/ }, 'a table that is not declared')
  await t.resolves(async () => db.selectFrom('accounts').select(eb => eb.fn.sum(eb.case().when('price', '>', dec('1')).then(eb.ref('price')).end() as never).as('x')).execute())
  await t.resolves(async () => db.selectFrom('accounts').select('iban').where('amount', sql`=` as never, dec('1')).execute())
  await t.resolves(async () => db.insertInto('moves').columns(['id', 'iban']).expression(sql`select 1, '2.00'` as never).execute(), 'raw SQL is as it is')
  await t.resolves(async () => db.selectFrom('accounts').select('iban').where('amount', 'in', sql<never>`('1.0')`).execute())
})

onBoth('rows are found by a path, and pages sorted by a column, of long decimals', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), tables)
  await insertMany(app.db.of(tables), accounts, VALUES.map((amount, nr) => ({ iban: dec(String(nr)), amount: dec(amount) })))
  app.get('/accounts/:iban', { config: { depends: { account: fromPath(accounts) } } as never, schema: { response: { 200: accounts.Public } } }, (async (request: any) => request.deps.account) as never)
  const paging = cursorPaging(accounts, { sort: ['amount'], limit: 3 })
  app.get('/accounts', { config: { depends: { db: sessionOf(tables), paging } } as never, schema: { response: { 200: CursorPage(accounts.Public) } } },
    (async ({ deps: { db, paging } }: any) => page(db, db.selectFrom('accounts').selectAll(), paging)) as never)
  for (const path of ['3', '3.0', '3.00']) t.match((await app.inject(`/accounts/${path}`)).json(), { amount: /^-9\.20*$/ }, path)
  for (const [sort, expected] of [['amount', VALUES], ['-amount', VALUES.toReversed()]] as const) {
    const seen: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const answer: { items: Array<{ amount: string }>, next: string | null } = (await app.inject(`/accounts?sort=${sort}${next === '' ? '' : `&cursor=${next}`}`)).json()
      seen.push(...answer.items.map(({ amount }) => new Decimal(amount).toFixed()))
      next = answer.next
    }
    t.same(seen, expected, sort)
  }
})
