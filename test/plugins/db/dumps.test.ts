import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { type AnyTable, type Column, column, diff, pull, stamp, table } from '../../../plugins/db/index.ts'
import { hasPostgres } from './databases.ts'
import { declaring, made, run } from './made.ts'

const hasDump = spawnSync('pg_dump', ['--version']).status === 0

t.setTimeout(300_000)

/** The words of `pg_dump`, without the order of the columns of a table: one that is dropped and made again stands last. */
async function dumpOf (url: string): Promise<string> {
  const server = new URL(url)
  const schema = String(server.searchParams.get('options')).split('=')[1] as string
  server.search = ''
  const { stdout } = await promisify(execFile)('pg_dump', ['--schema-only', '--no-owner', `--exclude-table=${schema}.apikit_*`, `--schema=${schema}`, server.href])
  return stdout.replaceAll(/^\\(?:un)?restrict .*$/gm, '').replaceAll(/^(CREATE TABLE .* \()\n([^;]*)\n\)/gm, (_, head: string, body: string) => `${head}\n${body.split('\n').map(line => line.replace(/,$/, '')).sort().join('\n')}\n)`)
}

type Change = readonly [what: string, of: (one: AnyTable) => AnyTable | undefined]

/** Changes of one kind each, of all tables that allow it. `read` is SQL of others, whose columns PostgreSQL would not let go. */
function changesFor (read: string): readonly Change[] {
  const named = (one: AnyTable, columns: AnyTable['columns'], options: object = one.options): AnyTable => table(one.name, columns, options as AnyTable['options'])
  const free = (one: AnyTable, kinds: readonly string[]): string | undefined => {
    const used = JSON.stringify([read, one.options, Object.values(one.columns).map(({ made }) => made)])
    return Object.entries(one.columns).find(([name, { kind, primaryKey }]) => !primaryKey && kinds.includes(kind) && !used.includes(name))?.[0]
  }
  const withFree = (kinds: readonly string[], change: (definition: Column) => Column | undefined) => (one: AnyTable): AnyTable | undefined => {
    const name = free(one, kinds)
    if (name === undefined) return undefined
    const { [name]: definition, ...others } = one.columns
    const changed = change(definition as Column)
    return named(one, changed === undefined ? others : { ...one.columns, [name]: changed })
  }
  const kinds = ['text', 'varchar', 'dateTime']
  return [
    ['columns, indexes and conditions are added', one => named(one, { ...one.columns, extra: column.text({ default: 'x', index: true }) }, { ...one.options, checks: { ...one.options.checks, extra: "extra <> ''" } })],
    ['columns go', withFree(kinds, () => undefined)],
    ['columns may be null, or may not', withFree(kinds, definition => ({ ...definition, nullable: !definition.nullable }))],
    ['columns are of another type', withFree(['varchar'], ({ nullable }) => column.text({ nullable }))]
  ]
}

for (const [name, file] of [['Pagila', 'rental.sql'], ['Northwind', 'shop.sql'], ['Chinook', 'records.sql'], ['SQLAlchemy and Alembic', 'alembic-upgrade-postgres.sql']] as const) {
  t.test(`postgres: pg_dump of a database of the shape of ${name} says the same before a change and after it is undone`, { skip: (!hasPostgres && 'no PostgreSQL here') || (!hasDump && 'no pg_dump here') }, async t => {
    const statements = readFileSync(join(import.meta.dirname, 'fixtures', file), 'utf8').replaceAll(/^--.*$/gm, '').split(/;\n/).map(statement => statement.trim())
    // Changes are of tables: rows that do not fit some are another matter.
    const { db, url } = await made(t, 'postgres', statements.filter(statement => statement !== '' && !/^insert/i.test(statement)))
    const { tables } = await pull(db)
    const own = declaring(t, url, tables)
    await stamp(own)
    t.equal(await diff(own), undefined)
    const before = await dumpOf(url)
    t.match(before, /CREATE TABLE/)
    const read = statements.filter(statement => /^create (?:materialized )?view|^create (?:or replace )?function|^create trigger/i.test(statement)).join()
    for (const [what, of] of changesFor(read)) {
      const changed = tables.map(one => of(one) ?? one)
      t.ok(changed.some((table, at) => table !== tables[at]), `${what}: there are such tables`)
      const now = declaring(t, url, changed)
      const steps = await diff(now)
      t.ok(steps, `${what}: diff has steps`)
      await run(now, steps?.up ?? [])
      t.equal(await diff(now), undefined, what)
      await run(now, steps?.down ?? [])
      t.equal(await dumpOf(url), before, `${what}, and back`)
      await now.destroy()
    }
  })
}
