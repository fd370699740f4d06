/**
 * Random schemas of SQLite: all that a table can say, in odd spellings.
 *
 * @module
 */

import { type Model, quoted, type TableModel } from './model.ts'
import type { Random } from './random.ts'

const NAMES = ['b', 'C c', 'd"e', 'f', 'g(', 'camelCase', 'select']
const TABLES = ['one', 'Two', 'three']
const KEYS = ['integer primary key autoincrement', 'integer primary key', 'integer not null primary key']

function column (name: string, random: Random): string {
  const q = quoted(name)
  return random.pick([
    () => `${random.pick(['int', 'integer', 'smallint', 'bigint'])}${random.pick(['', ' default 0', ' not null default (1 + 1)', ' default -5', ` check (${q} > -10)`])}`,
    () => `${random.pick(['text', 'varchar(20)', 'NVARCHAR(40)', 'char ( 5 )'])}${random.pick(['', " default 'x, ('", " not null default 'it''s'", ' collate nocase', ` check (${q} is null or ${q} <> ') ,')`])}`,
    () => `${random.pick(['real', 'decimal(10,2)', 'numeric', 'double'])}${random.pick(['', ' default 2.0', ' not null default 0'])}`,
    () => `${random.pick(['timestamp', 'datetime'])}${random.pick(['', ' default current_timestamp', " not null default (datetime('now'))"])}`,
    () => `date${random.pick(['', ' default current_date', " not null default (date('now'))"])}`,
    () => random.pick(['blob', 'boolean not null default false', "json_text default '[]'", "text as (id || ')') virtual", 'text generated always as (id || \'x\') stored'])
  ])()
}

const familyOf = (type: string): string => type.includes(' as (') ? 'computed' : /char|text/i.test(type) ? 'text' : /int|real|decimal|numeric|double/i.test(type) ? 'number' : 'other'

function tableOf (name: string, columns: ReadonlyMap<string, string>, random: Random): Omit<TableModel, 'foreignKeys'> {
  const constraints = new Map<string, string>()
  const indexes = new Map<string, string>()
  const names = [...columns.keys()].filter(column => column !== 'id')
  const [first, second] = names
  const on = `on ${quoted(name)}`
  if (first !== undefined && random.oneIn(3)) constraints.set('', `check (${quoted(first)} is not 'nobody') check (id is not ${random.pick([-5, -6])})`)
  if (first !== undefined && random.oneIn(3)) constraints.set(`${name}_${random.pick(['x', 'y'])}_check`, `check (${quoted(first)} is not ')' /* , ( */)`)
  if (first !== undefined && second !== undefined && random.oneIn(3)) constraints.set(`${name}_u`, `unique (id, ${quoted(first)}${random.pick(['', ' collate nocase'])})${random.pick(['', ' on conflict ignore'])}`)
  if (first !== undefined && random.oneIn(2)) indexes.set(`${name} i1`, `${random.pick(['', 'unique '])}index ${quoted(`${name} i1`)} ${on} (${quoted(first)} desc, id) where ${quoted(first)} is not ${random.pick(['null', "'it''s'"])}`)
  if (second !== undefined && random.oneIn(2)) indexes.set(`${name}_i2`, `index ${quoted(`${name}_i2`)} ${on} (${random.pick(['lower', 'LOWER'])}(${quoted(second)}), id)`)
  return { name, columns, constraints, indexes, tail: '' }
}

function withKeys (tables: ReadonlyArray<Omit<TableModel, 'foreignKeys'>>, random: Random): TableModel[] {
  return tables.map(table => random.oneIn(2)
    ? { ...table, foreignKeys: new Map() }
    : {
        ...table,
        columns: new Map([...table.columns, ['ref', 'integer']]),
        foreignKeys: new Map([[random.pick(['', 'fk, (']), `foreign key (ref) references ${quoted(random.pick(tables).name)}${random.pick(['', ' (id)'])} ${random.pick(['', 'on delete set null', 'deferrable initially deferred'])}`]])
      })
}

export function modelOf (random: Random): Model {
  const tables = TABLES.map(name => {
    const columns = new Map([['id', random.pick(KEYS)]])
    for (const one of NAMES) if (!random.oneIn(3)) columns.set(one, column(one, random))
    return { ...tableOf(name, columns, random), tail: random.oneIn(8) ? 'strict' : '' }
  })
  const foreign = ['create view seen as select id from "Two"', 'create trigger touch after insert on "Two" begin update "Two" set id = id where id = new.id; end']
  return { tables: withKeys(tables.map(strictly), random), foreign: foreign.filter(() => random.oneIn(2)) }
}

/** A strict table takes five types alone. */
function strictly<T extends Omit<TableModel, 'foreignKeys'>> (table: T): T {
  if (table.tail !== 'strict') return table
  const types = ([, type]: readonly [string, string]): boolean => /^(int|integer|text|real|blob)\b/.test(type) || type.startsWith('integer')
  const columns = new Map([...table.columns].filter(types))
  const names = [...columns.keys()].map(quoted)
  const isKnown = (sql: string): boolean => NAMES.every(name => names.includes(quoted(name)) || !sql.includes(quoted(name)))
  return { ...table, columns, constraints: new Map([...table.constraints].filter(([, sql]) => isKnown(sql))), indexes: new Map([...table.indexes].filter(([, sql]) => isKnown(sql))) }
}

export function near (model: Model, random: Random): Model {
  const rest = random.oneIn(4) ? model.tables.filter(({ name }) => name !== 'three') : model.tables
  const tables = rest.map(({ name, columns: old, tail }) => {
    const columns = new Map([...old].filter(([column]) => column !== 'ref'))
    for (const one of NAMES) {
      const was = columns.get(one)
      if (!random.oneIn(4)) continue
      const next = column(one, random)
      if (was === undefined) columns.set(one, next)
      else if (random.oneIn(3)) columns.delete(one)
      // A strict table refuses 1.5 in an integer column, and so the change.
      else if (tail === 'strict' && was.startsWith('real') !== next.startsWith('real')) continue
      else if (familyOf(was) === familyOf(next) && familyOf(was) !== 'other') columns.set(one, next)
    }
    return strictly({ ...tableOf(name, columns, random), tail })
  })
  return { tables: withKeys(tables, random), foreign: model.foreign }
}

export function statementsOf ({ tables, foreign }: Model): string[] {
  return [
    ...tables.map(({ name, columns, constraints, foreignKeys, tail }) => `create table ${quoted(name)} (${[
      ...[...columns].map(([column, type]) => `${quoted(column)} ${type}`), ...[...constraints, ...foreignKeys].map(([key, sql]) => `${key === '' ? '' : `constraint ${quoted(key)} `}${sql}`)
    ].join(',\n')}) ${tail}`),
    ...tables.flatMap(({ indexes }) => [...indexes.values()].map(sql => `create ${sql}`)),
    ...foreign
  ]
}
