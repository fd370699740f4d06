/**
 * Which steps were done, kept in a table for each owner.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../errors.ts'
import { literal, quoted } from '../tables/names.ts'
import type { Dialect } from '../tables/dialect.ts'
import type { Ask } from './ask.ts'
import { KEPT_IN } from './catalog.ts'
import type { Migration, Migrations, MigrationSet } from './types.ts'

export interface Done {
  readonly name: string
  readonly at: Date
  readonly hash: string | undefined
}

/** A step that the code has. */
export interface Known {
  /** With its owner. */
  readonly full: string
  readonly name: string
  readonly set: MigrationSet
  readonly migration: Migration
  readonly done: Done | undefined
}

/** A step that was done, and that the code does not have. */
export interface Lost {
  readonly name: string
  readonly set: MigrationSet
  /** With its owner. */
  readonly full: string
  readonly at: Date
}

export interface History {
  readonly steps: readonly Known[]
  readonly lost: readonly Lost[]
}

export function tableOf ({ name }: MigrationSet): string {
  return name === 'app' ? KEPT_IN : `${KEPT_IN}_${name.replaceAll('-', '_')}`
}

export function fullName (set: MigrationSet, step: string): string {
  return set.name === 'app' ? step : `${set.name}/${step}`
}

/** Columns of the table, none where it is not there: before `hash` was kept, it had two. */
async function columnsOf (ask: Ask, dialect: Dialect, table: string): Promise<Set<string>> {
  const rows = await ask(dialect === 'sqlite'
    ? `select name from pragma_table_info(${literal(table)})`
    : `select attname::text as name from pg_attribute where attrelid = to_regclass(${literal(quoted(table))}) and attnum > 0 and not attisdropped`)
  return new Set(rows.map(({ name }) => String(name)))
}

/** Makes the table of a set, where it is not there. */
export async function prepareTable (ask: Ask, dialect: Dialect, set: MigrationSet): Promise<void> {
  const table = tableOf(set)
  const columns = await columnsOf(ask, dialect, table)
  if (columns.size === 0) await ask(`create table ${quoted(table)} (name varchar(255) not null primary key, timestamp varchar(255) not null, hash varchar(255))`)
  else if (!columns.has('hash')) await ask(`alter table ${quoted(table)} add column hash varchar(255)`)
}

async function doneIn (ask: Ask, dialect: Dialect, set: MigrationSet): Promise<Done[]> {
  const table = tableOf(set)
  const columns = await columnsOf(ask, dialect, table)
  if (columns.size === 0) return []
  // `timestamp` is a type in SQLite, and its texts are dates.
  const rows = await ask(`select name, timestamp || '' as at, ${columns.has('hash') ? 'hash' : 'null as hash'} from ${quoted(table)} order by timestamp, name`)
  return rows.map(({ name, at, hash }) => ({ name: String(name), at: new Date(String(at)), hash: hash === null ? undefined : String(hash) }))
}

export async function stepsOf ({ migrations }: MigrationSet): Promise<Migrations> {
  return typeof migrations === 'function' ? migrations() : migrations
}

/** All steps, in the order in which they run. */
export async function readHistory (ask: Ask, dialect: Dialect, sets: readonly MigrationSet[]): Promise<History> {
  const steps: Known[] = []
  const lost: Lost[] = []
  for (const set of sets) {
    const done = new Map((await doneIn(ask, dialect, set)).map(one => [one.name, one]))
    const own = await stepsOf(set)
    for (const name of Object.keys(own).sort()) steps.push({ full: fullName(set, name), name, set, migration: own[name] as Migration, done: done.get(name) })
    for (const { name, at } of done.values()) if (!Object.hasOwn(own, name)) lost.push({ full: fullName(set, name), name, set, at })
  }
  return { steps, lost }
}

/** Whether the file of a step is another one than it was. A `.ts` in development is a `.js` in production: those are not compared. */
export function isEdited ({ done, migration: { hash } }: Known): boolean {
  if (done?.hash === undefined || hash === undefined || hash === done.hash) return false
  return hash.slice(0, hash.indexOf(':')) === done.hash.slice(0, done.hash.indexOf(':'))
}

/** Refuses a history that is not that of the code. */
export function refuseOther ({ steps, lost }: History): void {
  if (lost.length > 0) throw new APIKIT_ERR_MIGRATION(`${lost.map(({ full }) => full).join(', ')} ran on this database, but its file is missing. Restore the file, or accept that it is gone: fastify-apikit migrate accept ${lost[0]?.full}`)
  const edited = steps.filter(isEdited).map(({ full }) => full)
  if (edited.length > 0) {
    throw new APIKIT_ERR_MIGRATION(`${edited.join(', ')} was changed after it ran. Restore the file, or accept the change: fastify-apikit migrate accept ${edited[0]}`)
  }
}

export async function note (ask: Ask, { set, name, migration: { hash } }: Pick<Known, 'set' | 'name' | 'migration'>): Promise<void> {
  await ask(`insert into ${quoted(tableOf(set))} (name, timestamp, hash) values (${literal(name)}, ${literal(new Date().toISOString())}, ${hash === undefined ? 'null' : literal(hash)})`)
}

export async function forget (ask: Ask, { set, name }: Pick<Known, 'set' | 'name'>): Promise<void> {
  await ask(`delete from ${quoted(tableOf(set))} where name = ${literal(name)}`)
}

export async function noteHash (ask: Ask, { set, name, migration: { hash } }: Known): Promise<void> {
  await ask(`update ${quoted(tableOf(set))} set hash = ${hash === undefined ? 'null' : literal(hash)} where name = ${literal(name)}`)
}
