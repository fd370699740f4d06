import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { databaseFailure, withDatabaseErrors, withStatementErrors } from '../scripts/cli/database-errors.ts'
import { Failure } from '../scripts/cli/failures.ts'
import { cli, plugin, project } from './cli.ts'
import { ask, emptyDatabase, hasPostgres } from './plugins/db/databases.ts'

const skip = !hasPostgres && 'no PostgreSQL here'

const app = (url: string): string => `
  import { join } from 'node:path'
  import fp from 'fastify-plugin'
  import db, { column, table } from ${plugin('db')}

  const things = table('things', { id: column.id(), name: column.text() })
  export default fp(async app => {
    await app.register(db, { url: ${JSON.stringify(url)}, tables: [things], migrations: join(import.meta.dirname, 'steps') })
  })`

function folder (t: Test, url: string, steps: Readonly<Record<string, string>> = {}): string {
  const dir = project(t, { 'app.js': app(url), 'seed.js': 'export default async () => {}' })
  mkdirSync(join(dir, 'steps'))
  for (const [name, text] of Object.entries(steps)) writeFileSync(join(dir, 'steps', `${name}.js`), text)
  return dir
}

/** One line, and no stack. */
const line = (pattern: RegExp): RegExp => new RegExp(`^[^\\n]*${pattern.source}[^\\n]*\\.\\n$`)

const roles = new Set<string>()

/** The same database for a role that may do nothing. */
async function poorer (t: Test, url: string, schema: string): Promise<{ url: string, role: string, allow: (sql: string) => Promise<void> }> {
  const role = `apikit_poor_${process.pid}_${roles.size}`
  roles.add(role)
  await ask(`create role ${role} login`)
  t.teardown(async () => { await ask(`drop owned by ${role}; drop role ${role}`) })
  const { host, pathname, search } = new URL(url)
  return { url: `postgres://${role}@${host}${pathname}${search}`, role, allow: async sql => { await ask(`grant ${sql} on schema ${schema} to ${role}`) } }
}

t.test('what a role may not do is said in one line, with the right that it lacks', { skip }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const schema = String(/search_path%3D(\w+)/.exec(url)?.[1])
  const poor = await poorer(t, url, schema)
  const steps = { '1_a': 'export const up = schema => schema.run("create table a (id int)")\n' }
  t.match(await cli(folder(t, poor.url, steps), 'migrate', 'up'), { code: 1, out: '', err: line(/no schema has been selected to create in.+Create the schema, or name another one/) })
  t.match(await cli(folder(t, poor.url), 'db', 'pull'), { code: 1, err: /^Migrations: no schema of the search_path \(\w+\) exists, or the role has no right to use it\. Schemas of this database: .+\n$/ })
  await poor.allow('usage')
  for (const words of [['migrate', 'up'], ['seed']]) t.match(await cli(folder(t, poor.url, steps), ...words), { code: 1, out: '', err: line(new RegExp(`permission denied for schema ${schema}\\. Grant it: grant usage, create on schema ${schema} to ROLE`)) })
  await ask(`create table ${schema}.apikit_migrations (name varchar(255) not null primary key, timestamp varchar(255) not null, hash varchar(255))`)
  t.match(await cli(folder(t, poor.url, steps), 'migrate', 'status'), { code: 1, out: '', err: line(/permission denied for table apikit_migrations\. Use the role that owns it/) })
})

t.test('a database that cannot be opened is one line, also for db pull --url', { skip }, async t => {
  const url = new URL(await emptyDatabase(t, 'postgres'))
  url.pathname = '/nowhere'
  const { pathname, port } = url
  const cases = [[url.href, /database "nowhere" does not exist\. Create the database/], [`postgres://nobody_${process.pid}@${url.host}/postgres`, /role "nobody_\d+" does not exist\. Correct the role/], ['postgres://127.0.0.1:9/x', /ECONNREFUSED.+Start PostgreSQL/]] as const
  t.ok(pathname && port)
  for (const [url, message] of cases) {
    const dir = folder(t, url)
    t.match(await cli(dir, 'migrate', 'status'), { code: 1, out: '', err: line(message) })
    t.match(await cli(dir, 'db', 'pull', '--url', url), { code: 1, out: '', err: line(message) })
  }
})

t.test('schemas that do not exist are named, with those that do', { skip }, async t => {
  const url = await emptyDatabase(t, 'postgres')
  const dir = folder(t, url)
  t.match(await cli(dir, 'db', 'pull', '--schema', 'nosuch,public'), { code: 1, out: '', err: /^Migrations: unknown schema "nosuch"\. Schemas of this database: .*public/ })
  t.notOk(readdirSync(dir).includes('schemas'))
  t.match(await cli(dir, 'db', 'pull', '--schema', 'public'), { code: 0 })
  t.match(await cli(dir, 'db', 'pull', '--url', 'sqlite:typo/x.db'), { code: 1, out: '', err: /^\S+x\.db does not exist\. Name the file of a database: --url sqlite:app\.db\n$/ })
  t.notOk(readdirSync(dir).includes('typo'))
  writeFileSync(join(dir, 'x.db'), '')
  t.match(await cli(dir, 'db', 'pull', '--url', `sqlite:${join(dir, 'x.db')}`, '--schema', 'public'), { code: 1, err: 'Migrations: SQLite has no schemas. Leave them out\n' })
})

t.test('what was committed before a migration failed is printed, and a file that is missing is listed', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const step = (sql: string): string => `export const transaction = 'own'\nexport const up = schema => schema.run(${JSON.stringify(sql)})\n`
  const dir = folder(t, url, { '1_a': step('create table a (id integer)'), '2_b': step('create table b (id integer)'), '3_c': step('nonsense') })
  t.match(await cli(dir, 'migrate', 'up'), { code: 1, out: 'done    1_a\ndone    2_b\n', err: /^Migrations: 3_c failed and was rolled back: near "nonsense": syntax error\n$/ })
  rmSync(join(dir, 'steps', '1_a.js'))
  t.match(await cli(dir, 'migrate', 'status'), { code: 0, out: /^missing 1_a {2}20.*Z\ndone {4}2_b {2}20.*Z\nto do {3}3_c\n$/ })
  for (const file of ['2_b', '3_c']) rmSync(join(dir, 'steps', `${file}.js`))
  t.match(await cli(dir, 'migrate', 'status'), { code: 0, out: /^missing 1_a .*\nmissing 2_b .*\n$/ })
  t.match(await cli(dir, 'migrate', 'up'), { code: 1, err: /1_a, 2_b ran on this database, but its file is missing\. Restore the file, or accept that it is gone: fastify-apikit migrate accept 1_a/ })
  for (const name of ['1_a', '2_b']) t.match(await cli(dir, 'migrate', 'accept', name), { code: 0, out: `accepted ${name}\n` })
  t.match(await cli(dir, 'migrate', 'up'), { code: 0 }, 'they were made one, for example')
  writeFileSync(join(dir, 'no.db'), 'no database, but a text that is longer than the head of one would be, so that it is read as such: '.repeat(10))
  t.match(await cli(dir, 'db', 'pull', '--url', `sqlite:${join(dir, 'no.db')}`), { code: 1, err: line(/file is not a database\. The file is no SQLite database/) })
  t.ok(readFileSync(join(dir, 'app.js'), 'utf8'))
})

t.test('seed prints what was committed before a migration failed', async t => {
  const dir = folder(t, await emptyDatabase(t, 'sqlite'), {
    '1_a': "export const transaction = 'own'\nexport const up = schema => schema.run('create table a (id integer unique)')\n",
    '2_b': "export const up = schema => schema.run('create table b (id integer)')\n",
    '3_c': "export const up = schema => schema.run('insert into a values (1), (1)')\n"
  })
  t.strictSame(await cli(dir, 'seed'), { code: 1, out: 'done    1_a\n', err: 'Migrations: 3_c failed and was rolled back, with those before it in its transaction (2_b): UNIQUE constraint failed: a.id\n' })
  t.match(await cli(dir, 'migrate', 'status'), { code: 0, out: /^done {4}1_a .*\nto do {3}2_b\nto do {3}3_c\n$/ })
})

t.test('a database that cannot be opened is one line with advice for all commands', async t => {
  const file = (name: string, text: string): string => {
    const path = join(t.testdirName, name)
    writeFileSync(path, text)
    return `sqlite:${path}`
  }
  t.testdir()
  const url = hasPostgres && (await ask('show ssl'))[0].ssl === 'off' ? new URL(await emptyDatabase(t, 'postgres')) : undefined
  url?.searchParams.set('ssl', 'true')
  const cases = [
    [file('text.db', 'no database\n'.repeat(100)), /file is not a database\. The file is no SQLite database\. Correct the URL/],
    [file('damaged.db', `SQLite format 3\0${'\x10\0\x02\x02\0\x40\x20\x20'}${'x'.repeat(5000)}`), /\. (?:The file of the database is damaged\. Restore it from a backup|The file is no SQLite database\. .+)/],
    [`sqlite:${t.testdirName}`, /unable to open database file\. The file of the database cannot be opened/],
    ...url === undefined ? [] : [[url.href, /The server does not support SSL connections\. Turn TLS on in the server \(ssl = on\), or take sslmode \(or ssl\) out of the URL/] as const]
  ] as const
  for (const [url, message] of cases) {
    const dir = folder(t, url)
    for (const words of [['migrate', 'up'], ['migrate', 'diff'], ['seed'], ['db', 'pull']]) t.match(await cli(dir, ...words), { code: 1, out: '', err: line(message) }, `${url} ${words.join(' ')}`)
  }
})

t.test('an error of a statement of the seed names the seed, without a stack; one of its own code has its stack', async t => {
  const dir = folder(t, await emptyDatabase(t, 'sqlite'), { '1_a': "export const up = schema => schema.run('create table things (id integer primary key, name text unique)')\n" })
  const insert = "await app.db.insertInto('things').values({ name: 'a' }).execute()"
  const seeds = [
    ['twice', `${insert}; ${insert}`, line(/^The seed \S+twice\.js failed: There is a row with these values already: things \(name\)\. What it committed before is kept/)],
    ['words', "await app.db.session(session => session.run('nonsense'))", line(/^The seed \S+words\.js failed: near "nonsense": syntax error\. What it committed before is kept/)],
    ['begin', "await app.db.session(session => session.run('begin'))", line(/^The seed \S+begin\.js failed: SQL must not begin or end a transaction.+ What it committed before is kept/)],
    ['full', "throw Object.assign(new Error('database or disk is full'), { errcode: 13 })", line(/^The seed \S+full\.js failed: database or disk is full\. The disk is full\. Make room\. What it committed before is kept/)],
    ['own', 'null.x()', /^TypeError: Cannot read properties of null \(reading 'x'\)\n {4}at .*own\.js:1:/]
  ] as const
  for (const [name, body, err] of seeds) {
    writeFileSync(join(dir, `${name}.js`), `export default async app => { ${body} }`)
    t.match(await cli(dir, 'seed', `${name}.js`), { code: 1, out: '', err }, name)
  }
})

t.test('a file that cannot be imported is named in one message: a migration, the seed, the app', async t => {
  const url = await emptyDatabase(t, 'sqlite')
  const cut = 'export const up = ('
  const step = folder(t, url, { '1_a': cut })
  for (const words of [['migrate', 'up'], ['migrate', 'status'], ['migrate', 'diff'], ['seed']]) {
    t.match(await cli(step, ...words), { code: 1, out: '', err: /^Migrations: \S+1_a\.js cannot be imported: SyntaxError: .+1_a\.js(?::1\))?\n$/ }, words.join(' '))
  }
  const dir = folder(t, url)
  for (const [name, text] of [['cut', cut], ['thrown', 'null.x()']] as const) {
    writeFileSync(join(dir, `${name}.js`), text)
    t.match(await cli(dir, 'seed', `${name}.js`), { code: 1, out: '', err: new RegExp(`^\\S+${name}\\.js cannot be imported: .+\\n$`) })
    for (const words of [['migrate', 'up'], ['seed'], ['db', 'pull']]) {
      const ran = await cli(dir, ...words, '--app', `${name}.js`)
      // What the app throws itself has its stack, which shows the line.
      t.match(ran, { code: 1, out: '', err: name === 'cut' ? /^\S+cut\.js cannot be imported: SyntaxError: .+\n$/ : /^TypeError: .+\n {4}at .*thrown\.js:1:6/ })
    }
  }
})

t.test('a folder that cannot be written is one line', async t => {
  const dir = folder(t, await emptyDatabase(t, 'sqlite'))
  rmSync(join(dir, 'steps'), { recursive: true })
  writeFileSync(join(dir, 'steps'), '')
  t.match(await cli(dir, 'migrate', 'new', 'x'), { code: 1, out: '', err: line(/^The folder of migrations \S+steps cannot be written: EEXIST.+Correct its path/) })
  t.match(await cli(folder(t, 'sqlite::memory:'), 'migrate', 'new', '?'), { code: 1, out: '', err: /^Migrations: "\?" is not a valid name of a migration\. .+\n$/ })
  t.match(await cli(dir, 'db', 'pull', 'steps/x.ts'), { code: 1, out: '', err: /^\S+x\.ts cannot be written: (?:EEXIST|ENOTDIR).+\n$/ })
})

t.test('errors of statements as sentences, whatever the code; those of others keep their stack', async t => {
  const own = Object.assign(new Error('fetch failed'), { cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) })
  t.equal(databaseFailure(own), own, 'a request of the app that was refused says nothing of a database')
  const unknown = Object.assign(new Error('relation "a" does not exist'), { code: '42P01' })
  t.equal(databaseFailure(unknown), unknown)
  await t.rejects(withStatementErrors(async () => { throw unknown }), new Failure('relation "a" does not exist'))
  await t.rejects(withStatementErrors(async () => { throw own }), own)
  const open = (message: string, code?: string): object => Object.assign(new Error('cannot connect'), { code: 'APIKIT_ERR_DB_OPEN', cause: Object.assign(new Error(message), code !== undefined && { code }) })
  for (const [error, message] of [
    [open('no pg_hba.conf entry for host "h", user "u", database "d", no encryption', '28000'), /ask for TLS in it: \?sslmode=verify-full/],
    [open('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), /Add the password to the URL of the database\.$/],
    [open('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'), /\?sslrootcert=FILE/]
  ] as const) t.match(databaseFailure(error), { message })
})

t.test('errors of databases as sentences; others stay as they are', async t => {
  const said = (error: object): unknown => Object(databaseFailure(error)).message
  t.equal(said({ code: '42501', message: 'permission denied for database "shop"', detail: 'User does not have CONNECT privilege.' }), 'permission denied for database "shop". Grant it: grant connect on database shop to ROLE. ROLE is the one in the URL of the database.')
  t.match(said({ code: '42501', message: 'must be owner of table x' }), /^must be owner of table x\. Use the role that owns it, or /)
  t.equal(said({ code: '42501', message: 'permission denied for database shop' }), 'permission denied for database shop. Grant it: grant create, temporary on database shop to ROLE. ROLE is the one in the URL of the database.')
  t.equal(said({ code: 'APIKIT_ERR_DB_OPEN', message: 'cannot connect', cause: { code: '28P01', message: 'password authentication failed' } }), 'cannot connect: password authentication failed. Correct the password in the URL of the database.')
  t.equal(said({ errcode: 1032, code: 'ERR_SQLITE_ERROR', message: 'attempt to write a readonly database' }), 'attempt to write a readonly database. The file of the database, or its folder, cannot be written. Change their rights.')
  for (const error of [new Error('own'), 'text', Object.assign(new Error('x'), { code: 'OTHER' })]) t.equal(databaseFailure(error), error)
  t.equal(await withDatabaseErrors(async () => 1), 1)
})
