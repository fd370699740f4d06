/**
 * What the database bar is about: the user of an id, and a new user, in a transaction. Every variant has a database of its own.
 *
 * @module
 */

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'

/** Which database; set by the bar. */
export const dialect = process.env.BENCH_DATABASE === 'postgres' ? 'postgres' : 'sqlite'

/** Of this process alone. */
export const schema = `bench_${process.pid}`

export const server = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

/** The schema is made by `prepare`. */
export const postgresUrl = `${server}${server.includes('?') ? '&' : '?'}options=-csearch_path%3D${schema}`

export function sqlitePath (): string {
  return join(mkdtempSync(join(tmpdir(), 'apikit-bench-')), 'app.db')
}

export const Params = Type.Object({ id: Type.Integer({ minimum: 1 }) })
export const UserCreate = Type.Object({ name: Type.String({ minLength: 1 }), settings: Type.Record(Type.String(), Type.String()) })
export const User = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Type.String(),
  is_active: Type.Boolean(),
  settings: Type.Record(Type.String(), Type.String()),
  created_at: Type.Unsafe<Date | string>({ type: 'string', format: 'date-time' })
}, { title: 'User' })

let last = 0

/** No two have the same. */
export function newEmail (): string {
  return `${++last}@example.com`
}

export const first = { name: 'Ann', settings: { theme: 'dark' } }
