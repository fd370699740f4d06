import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { type AnyTable, column, diff, pull, stamp, table } from '../../../plugins/db/index.ts'
import { hasPostgres } from './databases.ts'
import { declaring, made, run } from './made.ts'

const hasDump = spawnSync('pg_dump', ['--version']).status === 0

t.setTimeout(600_000)

/** The words of `pg_dump`, without the order of the columns of a table: one that is dropped and made again stands last. */
async function dumpOf (url: string): Promise<string> {
  const server = new URL(url)
  const schema = String(server.searchParams.get('options')).split('=')[1] as string
  server.search = ''
  const { stdout } = await promisify(execFile)('pg_dump', ['--schema-only', '--no-owner', `--exclude-table=${schema}.apikit_*`, `--schema=${schema}`, server.href])
  return stdout.replaceAll(/^\\(?:un)?restrict .*$/gm, '').replaceAll(/^(CREATE TABLE .* \()\n([^;]*)\n\)/gm, (_, head: string, body: string) => `${head}\n${body.split('\n').map(line => line.replace(/,$/, '')).sort().join('\n')}\n)`)
}

/** Each table with one change of each kind that it allows. */
function * changesOf (tables: readonly AnyTable[]): Generator<readonly [what: string, tables: readonly AnyTable[]]> {
  for (const one of tables) {
    const rest = tables.filter(table => table !== one)
    const named = (columns: AnyTable['columns'], options: object = one.options): AnyTable[] => [...rest, table(one.name, columns, options as AnyTable['options'])]
    yield [`${one.name} gets a column, an index and a condition`, named({ ...one.columns, extra: column.text({ default: 'x', index: true }) }, { ...one.options, checks: { ...one.options.checks, extra: "extra <> ''" } })]
    const free = Object.entries(one.columns).find(([name, { kind, primaryKey }]) => !primaryKey && ['text', 'varchar', 'dateTime'].includes(kind) && !JSON.stringify([one.options, Object.values(one.columns).map(({ made }) => made)]).includes(name))
    if (free === undefined) continue
    const [name, definition] = free
    const { [name]: _, ...others } = one.columns
    yield [`${one.name}.${name} goes`, named(others)]
    yield [`${one.name}.${name} may be null, or may not`, named({ ...one.columns, [name]: { ...definition, nullable: !definition.nullable } })]
    if (definition.kind === 'varchar') yield [`${one.name}.${name} is of another type`, named({ ...one.columns, [name]: column.text({ nullable: definition.nullable }) })]
  }
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
    let changes = 0
    for (const [what, changed] of changesOf(tables)) {
      const now = declaring(t, url, changed)
      const steps = await diff(now)
      // PostgreSQL refuses what a view reads.
      if (steps?.up.some(line => line.startsWith('// PostgreSQL refuses')) === true) continue
      await run(now, steps?.up ?? [])
      t.equal(await diff(now), undefined, what)
      t.not(await dumpOf(url), before, what)
      await run(now, steps?.down ?? [])
      t.equal(await dumpOf(url), before, `${what}, and back`)
      await now.destroy()
      changes++
    }
    t.ok(changes > 3, `${changes} changes`)
  })
}
