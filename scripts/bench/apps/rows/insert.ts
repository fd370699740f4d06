/**
 * Many rows inserted: `insertMany` beside statements of many rows, written by hand, through the same driver.
 *
 * @module
 */

import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { column, insertMany, table } from '../../../../plugins/db/index.ts'
import { dialect } from '../database/data.ts'
import { byWall, inTurns, type Times, withDatabase } from './turns.ts'

const items = table('items', { id: column.id(), owner_id: column.integer(), title: column.text(), weight: column.real(), made_at: column.dateTime() })
const ROUNDS = 9
/** Rows of a statement by hand: what is fastest with either driver. */
const SIZE = 1000

type Item = { owner_id: number, title: string, weight: number, made_at: Date }

function valuesOf (rows: readonly Item[]): Array<string | number> {
  return rows.flatMap(({ owner_id: owner, title, weight, made_at: made }) => [owner, title, weight, made.toISOString()])
}

function textOf (count: number, place: (nr: number) => string): string {
  const rows = Array.from({ length: count }, (_, row) => `(${[0, 1, 2, 3].map(column => place(row * 4 + column + 1)).join(', ')})`)
  return `insert into items (owner_id, title, weight, made_at) values ${rows.join(', ')}`
}

export default async function (count: number): Promise<Times> {
  const rows = Array.from({ length: count }, (_, nr): Item => ({ owner_id: nr, title: `item "${nr}"`, weight: nr / 3, made_at: new Date(1.7e12 + nr) }))
  return await withDatabase([items], async (db, { path, url }) => {
    const known = db.of([items])
    const before = async (): Promise<void> => { await known.deleteFrom('items').execute() }
    const ours = async (): Promise<void> => { await insertMany(known, items, rows) }
    if (dialect === 'sqlite') {
      const raw = new DatabaseSync(path)
      raw.exec('pragma journal_mode = wal; pragma synchronous = normal')
      const statement = raw.prepare(textOf(SIZE, () => '?'))
      const theirs = async (): Promise<void> => {
        raw.exec('begin immediate')
        for (let at = 0; at < count; at += SIZE) statement.run(...valuesOf(rows.slice(at, at + SIZE)))
        raw.exec('commit')
      }
      const times = await inTurns(ROUNDS, { ours, theirs, before }, byWall)
      raw.close()
      return times
    }
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const text = textOf(SIZE, nr => `$${nr}`)
    const theirs = async (): Promise<void> => {
      await client.query('begin')
      for (let at = 0; at < count; at += SIZE) await client.query(text, valuesOf(rows.slice(at, at + SIZE)))
      await client.query('commit')
    }
    const truncate = async (): Promise<void> => { await client.query('truncate items') }
    const times = await inTurns(ROUNDS, { ours, theirs, before: truncate }, byWall)
    await client.end()
    return times
  })
}
