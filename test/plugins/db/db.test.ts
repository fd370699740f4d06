import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Type } from '@fastify/type-provider-typebox'
import { Decimal } from 'decimal.js'
import t from 'tap'
import db, { column, openDatabase, table } from '../../../plugins/db/index.ts'
import errors from '../../../plugins/errors/index.ts'
import { bare, build } from '../../helper.ts'
import { emptyDatabase } from './databases.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const things = table('things', { id: column.id() })

t.test('the forms of a URL', async t => {
  const dir = t.testdir({})
  for (const url of [`sqlite:${dir}/a.db`, `sqlite:////${dir.slice(1)}/b.db`, 'sqlite::memory:', 'sqlite://', 'sqlite:///:memory:', 'SQLITE::memory:']) {
    const db = openDatabase({ url })
    t.equal(db.dialect, 'sqlite', url)
    await db.check()
    await db.destroy()
    await db.destroy()
  }
  for (const url of ['postgres://me:secret@127.0.0.1/x', 'postgresql://127.0.0.1/x']) {
    const db = openDatabase({ url })
    t.equal(db.dialect, 'postgres')
    await db.destroy()
  }
  for (const url of ['mysql://me:secret@127.0.0.1/x', 'postgres://me:secret@[/x', 'secret', 'sqlite:', 'sqlite:////', 'sqlite://host/secret']) {
    t.throws(() => openDatabase({ url }), { code: 'APIKIT_ERR_DB_URL', message: /^(?!.*secret)/ }, url)
  }
})

t.test('wrong options are refused at registration, all of them in one error', async t => {
  await t.rejects(async () => { await bare(t).register(db, { urls: 'x', poolSize: 0 } as object) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS', message: /^fastify-apikit\/db: (?=.*options\/urls: Unknown option)(?=.*options\/poolSize)/
  })
})

t.test('a database that cannot be reached is an error at the start, without the password', async t => {
  await t.rejects(async () => { await bare(t).register(db, { url: 'postgres://me:secret@127.0.0.1:1/x' }) }, { code: 'APIKIT_ERR_DB_OPEN', message: /cannot connect to the database: (?!.*secret).*ECONNREFUSED/ })
})

t.test('it is there in its scope and below, and scopes can have their own', async t => {
  const app = bare(t)
  await app.register(async child => {
    await child.register(db, { url: 'sqlite::memory:', tables: [things] })
    await child.db.createTables()
    t.equal(child.db.tables[0], things)
    child.register(async inner => { t.equal(inner.db, child.db) })
  })
  await app.register(async child => {
    await child.register(db, { url: await emptyDatabase(t, 'sqlite') })
    t.same(child.db.tables, [])
  })
  await app.ready()
  t.notOk(app.hasDecorator('db'))
})

t.test('closed with the app, after those who came later', async t => {
  const app = bare(t)
  await app.register(db, { url: 'sqlite::memory:', tables: [things] })
  await app.db.createTables()
  let rows: unknown
  app.addHook('onClose', async () => { rows = await app.db.of([things]).selectFrom('things').selectAll().execute() })
  await app.ready()
  await app.close()
  t.same(rows, [])
  await t.rejects(app.db.check())
})

t.test('tables are known by their names, of which each is one table’s', async t => {
  const db = openDatabase({ url: 'sqlite::memory:', tables: [things] })
  t.teardown(() => db.destroy())
  db.of([things])
  t.throws(() => db.of([table('things', { id: column.id() })]), { code: 'APIKIT_ERR_DB_REGISTER', message: /the table "things" is already registered/ })
  db.register({ name: 'own', tables: [table('more', { id: column.id(), things_id: column.integer({ references: 'things.id' }), self_id: column.integer({ references: 'more.id', nullable: true }) })] })
  t.same(db.tables.map(({ name }) => name), ['things', 'more'])
  await db.createTables()
  await db.createTables()
})

t.test('a name too long for PostgreSQL is cut, and still is its own', async t => {
  const db = openDatabase({ url: 'sqlite::memory:' })
  t.teardown(() => db.destroy())
  const long = 'a'.repeat(48)
  await db.createTables([table(long, { id: column.id(), [`${long}`]: column.integer(), [`${long.slice(1)}b`]: column.integer() }, { indexes: [[long], [`${long.slice(1)}b`]] } as never)])
  await db.session(async session => {
    const { rows } = await session.executeQuery<{ name: string }>((await import('kysely')).CompiledQuery.raw("select name from sqlite_master where type = 'index'") as never)
    t.equal(rows.length, 2)
    t.ok(rows.every(({ name }) => name.length <= 63))
  })
})

t.test('the reference app takes DATABASE_URL and the rest from its settings', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const app = await build(t, { settings: { databaseUrl: url, db: { synchronous: 'full' } } })
  await app.ready()
  t.same((await app.db.selectFrom('users').selectAll().execute()), [], 'with its tables made at the first start')
  await app.close()
  const again = await build(t, { env: { DATABASE_URL: url }, settings: { databaseUrl: url, db: { migrate: false } } })
  await again.ready()
})

t.test('errors are answered with or without the plugin errors', async t => {
  for (const withErrors of [true, false]) {
    const app = bare(t)
    if (withErrors) await app.register(errors)
    await app.register(db, { url: 'sqlite::memory:', tables: [things] })
    await app.db.createTables()
    app.post('/', async () => { await app.db.of([things]).insertInto('things').values({ id: 1 }).execute() })
    t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 200)
    t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 409)
  }
})

t.test('npm run migrate and npm run seed', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'cli', 'index.ts'), ...args], {
      cwd: root, encoding: 'utf8', env: { ...process.env, DATABASE_URL: url, _TAPJS_PROCESSINFO_COVERAGE_: '0' }
    })
    return { status, out: stdout.trim(), error: stderr.trim() }
  }
  // Each is an app that starts, so there are few.
  t.same(run('seed'), { status: 0, out: '3 of 3 users made: alice@example.com, bob@example.com, carol@example.com', error: '' })
  t.same(run('migrate', 'diff'), { status: 0, out: 'The database is as the tables say.', error: '' })
})

t.test('every column can be declared with and without options', async t => {
  const bareColumns = {
    id: column.id(),
    integer: column.integer(),
    bigint: column.bigint(),
    real: column.real(),
    decimal: column.decimal(5, 2),
    text: column.text(),
    boolean: column.boolean(),
    json: column.json(Type.Unknown()),
    at: column.dateTime(),
    date: column.date(),
    enum: column.enum(['a']),
    uuid: column.uuid(),
    bytes: column.bytes()
  }
  const defaults = {
    id: column.id(),
    nothing: column.integer({ nullable: true, default: null }),
    decimal: column.decimal(5, 2, { default: new Decimal('1.50') }),
    json: column.json(Type.Unknown(), { default: [1] }),
    at: column.dateTime({ default: new Date(0) }),
    later: column.dateTime({ default: '2026-01-02T03:04:05.000Z' })
  }
  const [plain, defaulted] = [table('plain', bareColumns), table('defaulted', defaults)]
  const db = openDatabase({ url: 'sqlite::memory:', tables: [plain, defaulted] })
  t.teardown(() => db.destroy())
  await db.createTables()
  t.notOk(Object.values(bareColumns).some(({ nullable }) => nullable))
  const { decimal, ...row } = await db.of([defaulted]).insertInto('defaulted').values({}).returningAll().executeTakeFirstOrThrow()
  t.equal(decimal.toFixed(2), '1.50')
  t.same(row, { id: 1, nothing: null, json: [1], at: new Date(0), later: new Date('2026-01-02T03:04:05Z') })
})
