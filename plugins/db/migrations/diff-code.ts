/**
 * Tables, columns and constraints as they are written in a migration.
 *
 * @module
 */

import type { Column } from '../tables/columns.ts'
import { type ColumnShape, type Dialect, type TableShape } from '../tables/shape.ts'
import type { AnyTable } from '../tables/table.ts'

/** A value in TypeScript. */
export function code (value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(code).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Date) return code(value.toISOString())
  if (Object.getPrototypeOf(value) !== Object.prototype) return code(String(value))
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(([key, one]) => `${/^[a-z_$][\w$]*$/i.test(key) ? key : code(key)}: ${code(one)}`).join(', ')} }`
}

function call (kind: string, ...args: ReadonlyArray<string | undefined>): string {
  return `column.${kind}(${args.filter(arg => arg !== undefined).join(', ')})`
}

export function columnCode ({ kind, digits, values, nullable, unique, index, primaryKey, references, default: value }: Column): string {
  if (kind === 'id') return call('id')
  const own = {
    ...nullable && { nullable },
    ...primaryKey && { primaryKey },
    ...unique && { unique },
    ...index && { index },
    ...value !== undefined && { default: value },
    ...references !== undefined && { references }
  }
  const options = Object.keys(own).length === 0 ? undefined : code(own)
  switch (kind) {
    case 'enum': return call(kind, code(values), options)
    // What is in it is no matter of the database.
    case 'json': return call(kind, 'Type.Unknown()', options)
    default: return call(kind, ...(digits ?? []).map(String), options)
  }
}

export function tableCode ({ name, columns, options: { title, ...options } }: AnyTable): string {
  const lines = Object.entries(columns).map(([name, column]) => `  ${name}: ${columnCode(column)}`)
  return `await schema.createTable(${code(name)}, {\n${lines.join(',\n')}\n}${Object.keys(options).length === 0 ? '' : `, ${code(options)}`})`
}

/** A constraint as `addConstraint` takes it. */
export function constraintCode ({ name: table, uniques, foreignKeys, checks }: TableShape, name: string): string {
  const unique = uniques.find(one => one.name === name)
  if (unique !== undefined) return code({ unique: unique.columns })
  const key = foreignKeys.find(one => one.name === name)
  if (key !== undefined) {
    const { columns, table, targets, onDelete, onUpdate } = key
    return code({
      foreignKey: {
        columns, references: { table, columns: targets }, ...onDelete !== 'no action' && { onDelete }, ...onUpdate !== 'no action' && { onUpdate }
      }
    })
  }
  const check = checks.find(one => one.name === name)
  return code({ check: { [name.slice(table.length + 1).replace(/_check$/, '')]: check?.expression } })
}

const KINDS: ReadonlyArray<readonly [kind: Column['kind'], sqlite: RegExp, postgres: RegExp]> = [
  ['integer', /^int(eger)?$/, /^integer$/], ['bigint', /^bigint$/, /^bigint$/], ['real', /^(real|double)$/, /^double precision$/],
  ['decimal', /^decimal(_text)?\(\d+, ?\d+\)$/, /^numeric\(\d+,\d+\)$/], ['text', /^text$/, /^text$/], ['boolean', /^boolean$/, /^boolean$/],
  ['json', /^json(_text)?$/, /^jsonb$/], ['dateTime', /^timestamp$/, /^timestamp with time zone$/], ['date', /^date$/, /^date$/],
  ['uuid', /^uuid$/, /^uuid$/], ['bytes', /^blob$/, /^bytea$/]
]

/** A column of the database as `table()` would have it; `undefined` where there is no such column. */
export function shapeCode (shape: ColumnShape, dialect: Dialect): string | undefined {
  if (shape.identity) return call('id')
  const found = KINDS.find(([, sqlite, postgres]) => (dialect === 'sqlite' ? sqlite : postgres).test(shape.type))
  if (found === undefined) return undefined
  const [kind] = found
  const digits = kind === 'decimal' ? shape.type.match(/\d+/g)?.map(Number) as [number, number] : undefined
  const value = shape.default === undefined ? undefined : valueOf(shape.default, kind)
  if (shape.default !== undefined && value === undefined) return undefined
  return columnCode({
    kind, digits, values: [], nullable: !shape.notNull, unique: false, index: false, primaryKey: false, references: undefined, default: value
  } as unknown as Column)
}

/** The default that some SQL says. */
function valueOf (sql: string, kind: Column['kind']): unknown {
  if (kind === 'dateTime' && /strftime\(|now\(\)/.test(sql)) return 'now'
  const text = /^'((?:[^']|'')*)'(?:::[\w ]+)?$/.exec(sql)?.[1]?.replaceAll("''", "'")
  if (text !== undefined) return kind === 'json' ? JSON.parse(text) : text
  if (/^(true|false)$/.test(sql)) return sql === 'true'
  if (sql === 'null') return null
  if (kind === 'dateTime' || !/^-?[\d.]+$/.test(sql)) return undefined
  return kind === 'decimal' ? sql : kind === 'bigint' ? BigInt(sql) : Number(sql)
}
