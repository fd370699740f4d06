/**
 * What hangs on a constraint or an index of PostgreSQL and goes with it: comments, statistics, the replica identity, the names
 * that it has in partitions. It is read before the part is dropped, and put back once there is one of the same name.
 *
 * @module
 */

import { APIKIT_ERR_MIGRATION } from '../../errors.ts'
import { literal, quoted } from '../../tables/names.ts'
import type { Ask, AskedRow } from '../ask.ts'

/** A constraint or index of one table, or of one of its partitions. */
interface Hanging {
  /** In SQL. */
  readonly table: string
  readonly schema: string
  readonly index: string | undefined
  readonly name: string
  readonly isConstraint: boolean
  /** Of the table itself. */
  readonly isOwn: boolean
  /** Of the constraint. */
  readonly comment: string | undefined
  readonly statements: readonly string[]
  /** Of the keys of an index that are expressions. */
  readonly statistics: ReadonlyArray<{ readonly at: number, readonly target: number }>
}

export type PartHanging = readonly Hanging[]

/** `$1` is the table, `$2` the name. A foreign key of a partition belongs to that of its parent, as its index does. */
const FAMILY = `
  with recursive keys as (
    select k.oid, k.conrelid, k.confrelid, k.conindid, true as own from pg_constraint k where k.conrelid = $1::regclass and k.conname = $2 and k.contype in ('p', 'u', 'x', 'f', 'c')
    union all select k.oid, k.conrelid, k.confrelid, k.conindid, false from pg_constraint k join keys on k.conparentid = keys.oid and k.confrelid = keys.confrelid and k.conrelid <> keys.conrelid
  ), indexes as (
    select i.indexrelid, i.indrelid, true as own from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass and c.relname = $2
    union all select i.indexrelid, i.indrelid, false from pg_index i join pg_inherits h on h.inhrelid = i.indexrelid join indexes on indexes.indexrelid = h.inhparent
  )
  select coalesce(i.indrelid, k.conrelid)::text as relid, k.oid::text as key, i.indexrelid::text as index, coalesce(i.own, k.own) as own
  from indexes i full join keys k on k.conindid = i.indexrelid order by own desc, relid`

// Apart from who belongs to the family: PostgreSQL takes that for many rows, and then compiles the query, which takes longer than all else.
const HANGING = `
  select p.relid::regclass::text as table, quote_ident(n.nspname) as schema, c.oid::regclass::text as index, p.own, p.key is not null as constraint, coalesce(c.relname, k.conname)::text as name,
    obj_description(p.key, 'pg_constraint') as comment,
    (select coalesce(json_agg(s.statement order by s.at), '[]') from (
      select 1 as at, format('comment on index %s is %L', c.oid::regclass, obj_description(c.oid, 'pg_class')) as statement where obj_description(c.oid, 'pg_class') is not null
      union all select 2, format('alter index %s set (%s)', c.oid::regclass, array_to_string(c.reloptions, ', ')) where c.reloptions is not null and p.key is not null
      union all select 3, format('alter index %s set tablespace %I', c.oid::regclass, s.spcname) from pg_tablespace s where s.oid = c.reltablespace
      union all select 4, format('alter table %s cluster on %I', p.relid::regclass, c.relname) where i.indisclustered
      union all select 5, format('alter table %s replica identity using index %I', p.relid::regclass, c.relname) where i.indisreplident
      union all select 6, format('alter index %s depends on extension %I', c.oid::regclass, e.extname) from pg_depend d join pg_extension e on e.oid = d.refobjid
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'x'
    ) s) as statements,
    (select coalesce(json_agg(json_build_object('at', a.attnum, 'target', a.attstattarget)), '[]') from pg_attribute a where a.attrelid = c.oid and a.attstattarget >= 0) as statistics
  from unnest($1::oid[], $2::oid[], $3::oid[], $4::boolean[]) with ordinality as p (relid, key, index, own, at) join pg_class t on t.oid = p.relid join pg_namespace n on n.oid = t.relnamespace
    left join pg_constraint k on k.oid = p.key left join pg_index i on i.indexrelid = p.index left join pg_class c on c.oid = p.index order by p.at`

/** A key that is an expression no more has the statistics of its column. */
const IS_EXPRESSION = 'select indkey[$2::int - 1] = 0 as expression from pg_index where indexrelid = $1::regclass'

function hangingOf (row: AskedRow): Hanging {
  const { table, schema, index, name, constraint, own, comment, statements, statistics } = row
  return {
    table: String(table),
    schema: String(schema),
    index: index === null ? undefined : String(index),
    name: String(name),
    isConstraint: constraint === true,
    isOwn: own === true,
    comment: comment === null ? undefined : String(comment),
    statements: statements as string[],
    statistics: statistics as Hanging['statistics']
  }
}

/** @param table in SQL */
export async function readPart (ask: Ask, table: string, name: string): Promise<PartHanging> {
  const family = await ask(FAMILY, table, name)
  if (family.length === 0) return []
  return (await ask(HANGING, ...['relid', 'key', 'index', 'own'].map(column => family.map(row => row[column])))).map(hangingOf)
}

function commentSql ({ table, index, name, isConstraint }: Hanging, comment: string): string {
  return `comment on ${isConstraint ? `constraint ${quoted(name)} on ${table}` : `index ${index}`} is ${literal(comment)}`
}

function statisticsSql ({ index }: Hanging, { at, target }: Hanging['statistics'][number]): string {
  return `alter index ${index} alter column ${at} set statistics ${target}`
}

function ownStatements (one: Hanging): string[] {
  return [
    ...one.comment === undefined ? [] : [commentSql(one, one.comment)],
    // An index that took the place of the constraint has its comment.
    ...one.comment === undefined || one.index === undefined || one.statements.some(sql => sql.startsWith('comment')) ? [] : [`comment on index ${one.index} is null`],
    ...one.statements,
    ...one.statistics.map(each => statisticsSql(one, each))
  ]
}

/** Gives the indexes of partitions their names: two of them may have changed theirs, which first get others. */
function namesSql (index: string, partitions: PartHanging): string {
  const values = partitions.map(({ table, name }, at) => `(${literal(table)}, ${literal(name)}, ${literal(`apikit_${at}`)})`).join(', ')
  const body = `declare one record; begin for phase in 1..2 loop for one in select t.relid::regclass as index, v.name, v.other from (values ${values}) v (part, name, other)
    join pg_index i on i.indrelid = v.part::regclass join pg_partition_tree(${literal(index)}) t on t.relid = i.indexrelid
    loop execute format('alter index %s rename to %I', one.index, case phase when 1 then one.other else one.name end); end loop; end loop; end`
  return `do ${literal(body.replaceAll(/\s*\n\s*/g, ' '))}`
}

/** What puts back all of it where the part itself is made again. */
export function partStatements (hanging: PartHanging): string[] {
  const index = hanging.find(({ isOwn }) => isOwn)?.index
  const partitions = hanging.filter(({ isOwn, index }) => !isOwn && index !== undefined)
  return [...index === undefined || partitions.length === 0 ? [] : [namesSql(index, partitions)], ...hanging.filter(({ isOwn, index }) => isOwn || index !== undefined).flatMap(ownStatements)]
}

/** Puts back what hung on a part that there is again. Those of partitions get their names back, too. */
export async function putBackPart (ask: Ask, table: string, name: string, hanging: PartHanging): Promise<void> {
  if (hanging.every(one => one.isOwn && ownStatements(one).length === 0)) return
  const now = new Map((await readPart(ask, table, name)).map(one => [one.table, one]))
  const pairs = hanging.flatMap(was => {
    const found = now.get(was.table)
    return found === undefined ? [] : [{ was, found }]
  })
  await renameAll(ask, pairs.filter(({ was, found }) => was.name !== found.name))
  for (const { was, found } of pairs) {
    const one = { ...was, isConstraint: found.isConstraint }
    if (was.comment !== undefined) await putBack(ask, commentSql(one, was.comment))
    for (const sql of was.statements) await putBack(ask, sql)
    for (const each of was.statistics) {
      const [row] = await ask(IS_EXPRESSION, was.index, each.at)
      if (row?.expression === true) await putBack(ask, statisticsSql(was, each))
    }
  }
}

/** By names that none has: two of them may have changed theirs. */
async function renameAll (ask: Ask, pairs: ReadonlyArray<{ readonly was: Hanging, readonly found: Hanging }>): Promise<void> {
  const rename = async ({ table, schema, isConstraint }: Hanging, from: string, to: string): Promise<void> => {
    await ask(isConstraint ? `alter table ${table} rename constraint ${quoted(from)} to ${quoted(to)}` : `alter index ${schema}.${quoted(from)} rename to ${quoted(to)}`)
  }
  for (const [at, { found }] of pairs.entries()) await rename(found, found.name, `apikit_${at}`)
  for (const [at, { was, found }] of pairs.entries()) await rename(found, `apikit_${at}`, was.name)
}

/** Runs a statement that puts something back, or says what it was. */
export async function putBack (ask: Ask, sql: string): Promise<void> {
  try {
    await ask(sql)
  } catch (error) {
    throw Object.assign(new APIKIT_ERR_MIGRATION(`what the migration made anew cannot have all that it had: ${String(Object(Object(error).cause ?? error).message)} (${sql}). Take that off before the migration, or change the migration`), { cause: error })
  }
}
