/**
 * A user with items: `withMany` beside a JSON aggregate by hand, whose values are as JSON has them.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { column, type Database, insertMany, prepare, table, withMany } from '../../../../plugins/db/index.ts'
import { inTurns, type Times, withDatabase } from './turns.ts'

const users = table('users', { id: column.id(), email: column.text() })
const items = table('items', {
  id: column.id(),
  owner_id: column.integer({ references: 'users.id', index: true }),
  title: column.text(),
  ok: column.boolean({ default: true }),
  weight: column.real(),
  big: column.bigint(),
  at: column.dateTime(),
  day: column.date(),
  price: column.decimal(10, 2),
  exact: column.decimal(20, 2)
})
const tables = [users, items] as const
const USERS = 50
const ROUNDS = 31
const CALLS = 100

/** What is picked, by the number that the bar gives. */
export const PICKS = [
  ['id', 'owner_id', 'title', 'ok', 'weight'],
  ['id', 'owner_id', 'title', 'ok', 'weight', 'big', 'at'],
  ['id', 'owner_id', 'title', 'big', 'at', 'day'],
  ['id', 'owner_id', 'title', 'price', 'exact']
] as const

const byCpu = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function fill (db: Database): Promise<void> {
  const known = db.of(tables)
  await insertMany(known, users, Array.from({ length: USERS }, (_, nr) => ({ email: `user${nr}@example.com` })))
  await insertMany(known, items, Array.from({ length: USERS * 50 }, (_, nr) => ({
    owner_id: 1 + nr % USERS,
    title: `item "${nr}"`,
    weight: nr / 3,
    big: 9007199254740993n + BigInt(nr),
    at: new Date(1.7e12 + nr),
    day: `2026-02-${10 + nr % 18}` as never,
    price: `${nr}.10` as never,
    exact: `123456789012345678.${10 + nr % 90}` as never
  })))
}

export default async function (which: number): Promise<Times> {
  const pick = PICKS[which] as typeof PICKS[number]
  return await withDatabase(tables, async db => {
    await fill(db)
    const isSqlite = db.dialect === 'sqlite'
    const related = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('users').select('id')
      .select(withMany(items, { on: { owner_id: 'users.id' }, pick: [...pick], query: items => items.orderBy('id') }).as('items')).where('id', '=', id))
    const names = pick.map(name => sql`${sql.lit(name)}, ${sql.ref(`i.${name}`)}`)
    const aggregate = isSqlite
      ? sql`(select json_group_array(json_object(${sql.join(names)})) from (select * from items where owner_id = users.id order by id) as i)`
      : sql`(select coalesce(json_agg(to_json(i)), '[]') from (select ${sql.join(pick.map(name => sql.ref(name)))} from items where owner_id = users.id order by id) as i)`
    const byHand = prepare(tables, (db, { id }: { id: number }) => db.selectFrom('users').select('id').select(aggregate.as('items')).where('id', '=', id))
    const parsed = async (id: number): Promise<unknown> => {
      const rows = await byHand.execute(db, { id }) as Array<{ items: unknown }>
      for (const row of rows) if (typeof row.items === 'string') row.items = JSON.parse(row.items)
      return rows
    }
    const ids = async (rows: Promise<unknown>): Promise<unknown> => (await rows as Array<{ items: Array<{ id: number }> }>)[0]?.items.map(({ id }) => id)
    if (!isDeepStrictEqual(await ids(related.execute(db, { id: 3 })), await ids(parsed(3)))) throw new Error('the two find different rows')
    const all = (one: (id: number) => Promise<unknown>) => async (): Promise<void> => { for (let nr = 0; nr < CALLS; nr++) await one(1 + nr % USERS) }
    return await inTurns(ROUNDS, { ours: all(id => related.execute(db, { id })), theirs: all(parsed) }, byCpu)
  })
}
