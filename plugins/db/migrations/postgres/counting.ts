/**
 * Another way of counting a column of PostgreSQL: the sequence goes on where it was, with its name, options and grants.
 *
 * @module
 */

import { literal, nameOf, quoted, quotedPath, unqualified } from '../../tables/names.ts'
import type { ColumnShape } from '../../tables/shape.ts'
import type { Ask, AskedRow } from '../ask.ts'
import { putBack } from './attached.ts'

/** A sequence, as it was. */
export interface Counter {
  /** In SQL. */
  readonly name: string
  /** Behind `create sequence`, and in the parentheses of an identity. */
  readonly options: string
  readonly statements: readonly string[]
  /** Of the column alone: it is gone with its way of counting. */
  readonly isOwn: boolean
  readonly isDescending: boolean
  readonly last: string
  readonly isCalled: boolean
}

/** The options that differ from those of a new sequence. Bounds are those of the type by default. */
const OPTIONS = `
  concat_ws(' ', 'increment by ' || q.seqincrement, 'start with ' || q.seqstart,
    case when q.seqmin <> case when q.seqincrement > 0 then 1 else b.low end then 'minvalue ' || q.seqmin else 'no minvalue' end, case when q.seqmax <> case when q.seqincrement > 0 then b.high else -1 end then 'maxvalue ' || q.seqmax else 'no maxvalue' end,
    'cache ' || q.seqcache, case when q.seqcycle then 'cycle' else 'no cycle' end)`

const FROM = `
  from pg_sequence q join pg_class c on c.oid = q.seqrelid join pg_namespace n on n.oid = c.relnamespace, lateral (
    select case q.seqtypid when 'int2'::regtype then -32768 when 'int4'::regtype then -2147483648 else -9223372036854775808 end as low,
      case q.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 else 9223372036854775807 end as high) b`

/** What a sequence has besides: its comment, and who may use it. */
const STATEMENTS = `
  array(select format('grant %s on sequence %I.%I to %s%s', g.privilege_type, n.nspname, c.relname, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end, case when g.is_grantable then ' with grant option' else '' end)
      from aclexplode(c.relacl) g where g.grantee <> c.relowner)
    || array_remove(array[format('comment on sequence %I.%I is ', n.nspname, c.relname) || quote_literal(obj_description(c.oid, 'pg_class'))], null)`

const COUNTER = `
  select format('%I.%I', n.nspname, c.relname) as name, c.relname::text as own_name, q.seqtypid::regtype::text as type, ${OPTIONS} as options, ${STATEMENTS} as statements, q.seqincrement < 0 as descending ${FROM} where q.seqrelid = $1::regclass`

/** The sequence that a column owns and counts with, or another one that its default asks. */
const SEQUENCE = `
  select s.oid::regclass::text as sequence, exists (
      select from pg_depend o where o.classid = 'pg_class'::regclass and o.objid = s.oid and o.refclassid = 'pg_class'::regclass and o.refobjid = a.attrelid and o.refobjsubid = a.attnum) as own
  from pg_attribute a join pg_class s on s.relkind = 'S'
  where a.attrelid = $1::regclass and a.attname = $2 and (
    exists (select from pg_depend o where o.classid = 'pg_class'::regclass and o.objid = s.oid and o.refclassid = 'pg_class'::regclass and o.refobjid = a.attrelid and o.refobjsubid = a.attnum and o.deptype = 'i')
    or exists (select from pg_attrdef d join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = d.oid and u.refclassid = 'pg_class'::regclass and u.refobjid = s.oid where d.adrelid = a.attrelid and d.adnum = a.attnum))
  order by own desc`

async function counterOf (ask: Ask, sequence: string, isOwn: boolean): Promise<Counter> {
  const [row] = await ask(COUNTER, sequence) as [AskedRow]
  const [state] = await ask(`select last_value::text as last, is_called as called from ${sequence}`) as [AskedRow]
  return {
    name: String(row.name), options: String(row.options), statements: row.statements as string[], isOwn, isDescending: row.descending === true, last: String(state.last), isCalled: state.called === true
  }
}

/** Takes the counting off a column, which must have none to get another. A sequence that is not its own stays. */
export async function dropCounting (ask: Ask, table: string, column: string): Promise<Counter | undefined> {
  const on = quotedPath(table)
  const alter = `alter table ${on} alter column ${quoted(column)}`
  const [row] = await ask(SEQUENCE, on, column)
  if (row === undefined) return undefined
  const sequence = String(row.sequence)
  const counter = await counterOf(ask, sequence, row.own === true)
  await ask(`${alter} drop identity if exists`)
  const [left] = await ask('select to_regclass($1) is not null as found', sequence)
  if (left?.found === true) {
    await ask(`${alter} drop default`)
    if (row.own === true) await ask(`drop sequence ${sequence}`)
  }
  return counter
}

/** A name that no relation of the schema has, as PostgreSQL finds one. In SQL. */
async function freeName (ask: Ask, table: string, column: string): Promise<string> {
  const [row] = await ask('select quote_ident(n.nspname) as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1::regclass', quotedPath(table))
  const named = (nr: number): string => `${String(row?.schema)}.${quoted(nameOf(unqualified(table), [column], `seq${nr === 0 ? '' : nr}`))}`
  const isTaken = async (name: string): Promise<boolean> => (await ask('select where to_regclass($1) is not null', name)).length > 0
  let nr = 0
  while (await isTaken(named(nr))) nr++
  return named(nr)
}

/** Makes a column count, from where another counter was. */
export async function count (ask: Ask, table: string, { name: column, type, identity }: ColumnShape, counter: Counter | undefined): Promise<void> {
  const on = quotedPath(table)
  const alter = `alter table ${on} alter column ${quoted(column)}`
  const name = counter?.isOwn === true ? counter.name : await freeName(ask, table, column)
  const options = counter?.options ?? ''
  if (identity === 'serial') {
    await ask(`create sequence ${name} as ${type} ${options} owned by ${on}.${quoted(column)}`)
    await ask(`${alter} set default nextval(${literal(name)}::regclass)`)
  } else await ask(`${alter} add generated ${identity === 'identity' ? 'by default' : 'always'} as identity (sequence name ${name} ${options})`)
  if (counter === undefined) await ask(`select setval(${literal(name)}::regclass, coalesce(max(${quoted(column)}), 0) + 1, false) from ${on}`)
  else await moveTo(ask, name, counter)
  if (counter?.isOwn === true) for (const sql of counter.statements) await putBack(ask, sql)
}

async function moveTo (ask: Ask, sequence: string, { last, isCalled }: Counter): Promise<void> {
  await ask(`select setval(${literal(sequence)}::regclass, ${last}, ${isCalled})`)
}

/** The sequence that the default of a column asks now goes on behind the one that is gone, if it is not further. */
export async function goOn (ask: Ask, table: string, column: string, counter: Counter): Promise<void> {
  const [row] = await ask(SEQUENCE, quotedPath(table), column)
  if (row === undefined) return
  const { last, isCalled } = await counterOf(ask, String(row.sequence), row.own === true)
  const ahead = (BigInt(counter.last) - BigInt(last)) * (counter.isDescending ? -1n : 1n)
  if (ahead > 0n || (ahead === 0n && counter.isCalled && !isCalled)) await moveTo(ask, String(row.sequence), counter)
}

/** The options of a new sequence. */
const PLAIN = 'increment by 1 start with 1 no minvalue no maxvalue cache 1 no cycle'

/**
 * What makes the sequence of a column that one again which it was.
 *
 * @param isMade the column counts by a new sequence, which has the name that PostgreSQL gives it
 */
export async function sequenceStatements (ask: Ask, table: string, column: string, isMade: boolean): Promise<string[]> {
  const [found] = await ask(SEQUENCE, table, column)
  if (found?.own !== true) return []
  const [row] = await ask(COUNTER, String(found.sequence)) as [AskedRow]
  const [same] = await ask('select c.relname::text as table, format_type(a.atttypid, a.atttypmod) = $3 as same from pg_attribute a join pg_class c on c.oid = a.attrelid where a.attrelid = $1::regclass and a.attname = $2', table, column, row.type) as [AskedRow]
  const name = String(row.own_name)
  const rename = `begin execute format('alter sequence %s rename to %I', pg_get_serial_sequence(${literal(table)}, ${literal(column)}), ${literal(name)}); end`
  return [
    ...isMade && name !== nameOf(String(same.table), [column], 'seq') ? [`do ${literal(rename)}`] : [],
    ...row.options === PLAIN && same.same === true ? [] : [`alter sequence ${String(row.name)} ${same.same === true ? '' : `as ${String(row.type)} `}${String(row.options)}${isMade ? ' restart' : ''}`],
    ...isMade ? [await positionSql(ask, table, column, String(row.name))] : [],
    ...row.statements as string[]
  ]
}

/** Where the sequence was when this was written, or behind the rows that are further. */
async function positionSql (ask: Ask, table: string, column: string, sequence: string): Promise<string> {
  const { last, isCalled, isDescending } = await counterOf(ask, sequence, true)
  const [further, most, sign] = isDescending ? ['least', 'min', '<='] : ['greatest', 'max', '>=']
  const end = `${most}(${quoted(column)})`
  return `select setval(${literal(sequence)}, ${further}(${last}, ${end}), ${isCalled} or coalesce(${end} ${sign} ${last}, false)) from ${table}`
}
