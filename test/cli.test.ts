import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkNode } from '../scripts/cli/app-file.ts'
import { START_OPTIONS, startArguments } from '../scripts/cli/fastify-cli.ts'
import { refuseOldNode } from '../scripts/cli/node-version.ts'
import { openDatabase } from '../plugins/db/index.ts'
import { bin, cli, plugin, project, root } from './cli.ts'

const APP = `
  import apikit from ${plugin()}
  import { httpBearer } from ${plugin('security')}

  const bearer = httpBearer()
  export default async function (app) {
    app.get('/plain', async () => 'no plugin knows it')
    await app.register(async scope => {
      await scope.register(apikit, { docs: { title: 'Shop', redocUrl: null, docsUrl: null } })
      scope.inherit({ tags: ['shop'] })
      scope.get('/', { config: { public: true } }, async () => 'home')
      scope.get('/items', { schema: { querystring: { type: 'object', properties: { page: { type: 'integer' } } }, tags: ['items'] } }, async () => [])
      scope.get('/items/:id', async () => ({}))
      scope.delete('/items/:id', { config: { depends: { token: bearer } } }, async () => ({}))
    })
  }`

const DATABASE = `
  import { join } from 'node:path'
  import fp from 'fastify-plugin'
  import db, { column, table } from ${plugin('db')}

  export const things = table('things', { id: column.id(), name: column.text() })
  export default fp(async app => {
    const dir = import.meta.dirname
    await app.register(db, { url: 'sqlite:' + join(dir, 'data', 'app.db'), tables: [things], migrations: join(dir, 'steps') })
  })`

const SEED = `export default async app => {
  await app.db.insertInto('things').values([{ name: 'pen' }]).execute()
  return '1 thing made'
}`

/** A folder outside of the repository, so that nothing is found above it. */
const elsewhere = (t: Test, files: Readonly<Record<string, string>> = {}): string => project(t, files, tmpdir())

t.test('the command itself', async t => {
  t.test('as a process: help, the version, and exit codes', async t => {
    const run = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', cwd: project(t, { 'app.js': APP, '.env': 'A=b' }) })
    t.match(run('--help'), { status: 0, stdout: /^usage: fastify-apikit COMMAND/, stderr: '' })
    t.match(run('routes'), { status: 0, stdout: /GET +\/items /, stderr: '' })
    t.match(run('nothing'), { status: 2, stdout: '', stderr: /^Unknown command "nothing"\.\nusage: / })
  })

  t.test('every command has a help of its own, and so have its arguments', async t => {
    const { out } = await cli(root, '--help')
    const names = [...out.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name]) => String(name))
    t.same(names, ['new', 'dev', 'start', 'routes', 'explain', 'openapi', 'client', 'db', 'migrate', 'seed', 'worker'])
    for (const name of names) t.match(await cli(root, name, '--help'), { code: 0, out: new RegExp(`\n\nusage: fastify-apikit ${name}.*\\[OPTIONS\\]\n[^]*-h, --help`), err: '' })
    t.match(await cli(root, 'routes', '-h'), { code: 0 })
    t.match(await cli(root, 'help'), { code: 0, out })
    t.match(await cli(root, 'help', 'routes'), { code: 0, out: (await cli(root, 'routes', '--help')).out })
  })

  t.test('it knows its version', async t => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    t.match(await cli(root, '--version'), { code: 0, out: `${version}\n` })
  })

  t.test('wrong input is one sentence and the usage, with exit code 2 and without a stack trace', async t => {
    const dir = project(t, { 'app.js': APP })
    const cases = [
      [[], /^Missing command\.\n/],
      [['toString'], /^Unknown command "toString"\.\n/],
      [['openapi', '--chek'], /^Unknown option '--chek'\.\n/],
      [['openapi', '--check=1'], /^Option '--check' does not take an argument\.\n/],
      [['openapi', '--output'], /^Option '-o, --output <value>' argument missing\.\n/],
      [['routes', 'app.js', 'b'], /^Unexpected argument "b"\.\n/],
      [['routes', '--app', 'none.ts'], /^The app none\.ts does not exist in .*\.\n/],
      [['routes', '.'], /^The app \. does not exist in /],
      [['routes', '--help=3'], /^Option '-h, --help' does not take an argument\.\n/],
      [['routes', ''], /^An argument is empty\.\n/],
      [['routes', '--app', ''], /^Option '--app <value>' argument missing\.\n/],
      [['--version', 'extra'], /^Unexpected argument "extra"\.\n/],
      [['help', 'nothing'], /^Unknown command "nothing"\.\n/],
      [['explain', 'FOO', '/items'], /^A route is a method and a URL: GET \/items\/:id\.\n/],
      [['explain', 'GET', 'items'], /^A route is a method and a URL: GET \/items\/:id\.\n/],
      [['client', '--document', 'none.json'], /^The document none\.json does not exist in .*\.\n/],
      [['client', '--document', 'http://'], /^The URL http:\/\/ is invalid\.\n/],
      [['seed', '.'], /^The seed \. does not exist in .*\.\n/],
      [['start', '--port', '99999'], /^--port must be a whole number from 0 to 65535, got "99999"\.\n/],
      [['dev', '--port', 'http'], /^--port must be a whole number from 0 to 65535, got "http"\.\n/],
      [['start', '--close-grace-delay', '1s'], /^--close-grace-delay must be a whole number from 0 to 2147483647, got "1s"\.\n/],
      [['start', '--log-level', 'loud'], /^--log-level must be one of trace, .*silent, got "loud"\.\n/],
      [['worker', '--log-level', 'loud'], /^--log-level must be one of trace, .*silent, got "loud"\.\n/],
      [['start', '--config', 'none.json'], /^The file none\.json of --config does not exist in .*\.\n/],
      [['dev', '--ignore-watch', 'a ('], /^--ignore-watch: Invalid regular expression: .*\.\n/],
      [['explain', '/items'], /^A route is a method and a URL: GET \/items\/:id\.\n/],
      [['migrate'], /^Missing argument\. Expected: up, down, status, stamp, accept, diff, new\.\n/],
      [['migrate', 'pu'], /^Unknown argument "pu"\. Expected: up, /],
      [['migrate', 'up', 'now'], /^Unexpected argument "now"\.\n/],
      [['migrate', 'new'], /^migrate new needs a name: /],
      [['migrate', 'accept'], /^migrate accept needs the name of a migration\.\n/],
      [['migrate', 'down', '--to', 'x'], /^--to is for migrate up and migrate stamp\.\n/],
      [['db'], /^Missing argument\. Expected: pull\.\n/],
      [['db', 'push'], /^Unknown argument "push"\. Expected: pull\.\n/],
      [['seed', 'none.ts'], /^The seed none\.ts does not exist in .*\.\n/],
      [['start', '--workers', '0'], /^--workers must be auto or a whole number from 1 to 999, got "0"\.\n/],
      [['worker', '--health-port', 'x'], /^--health-port must be a whole number from 0 to 65535, got "x"\.\n/],
      [['worker', '--health-address', '::1'], /^--health-address needs --health-port\.\n/],
      [['start', '--workers', '2', '--debug'], /^--debug needs a single process: leave --workers out\.\n/],
      [['start', '--prot', '80'], /^Unknown option '--prot'\.\n/],
      [['new'], /^Missing argument: the name of the project\.\n/],
      [['new', 'Shop'], /^The name "Shop" is invalid\. Expected: lower-case/],
      [['new', '../shop'], /^The name "\.\.\/shop" is invalid/],
      [['new', 'fastify'], /^The name "fastify" is that of a package/],
      [['new', 'shop', '--database', 'mysql'], /^--database must be sqlite or postgres, got "mysql"\.\n/],
      [['new', 'shop', '--here'], /^The folder .* is not empty\.\n/]
    ] as const
    for (const [args, expected] of cases) {
      const { code, out, err } = await cli(dir, ...args)
      t.match({ code, out }, { code: 2, out: '' }, args.join(' '))
      t.match(err, expected)
      t.match(err, /^usage: fastify-apikit/m)
      t.notMatch(err, /^ {4}at /m)
    }
    t.same(readdirSync(dir), ['app.js'])
  })
})

t.test('a Node that is too old is told so in one sentence', async t => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const [version, isOld] of [['20.20.2', true], ['22.22.1', true], ['22.21.9', true], ['22.22.2', false], ['22.23.0', false], ['24.0.0', false]] as const) {
    const told: string[] = []
    refuseOldNode(version, { stderr: { write: (text: string) => told.push(text) }, exit: (code: number) => told.push(String(code)) } as never)
    t.same(told, isOld ? [`fastify-apikit needs Node ${engines.node.slice(2)} or newer, which runs TypeScript. This is Node ${version}.\n`, '1'] : [])
  }
})

t.test('the app', async t => {
  t.test('is found as app.*, in src/, by "main" of package.json, or as it is named', async t => {
    const manifest = JSON.stringify({ name: 'x', type: 'module', main: 'server.js' })
    const cases = [
      [{ 'app.js': APP, 'src/app.js': '' }],
      [{ 'src/app.ts': APP }],
      [{ 'package.json': manifest, 'server.js': APP }],
      [{ 'app.ts': '', 'mine.js': APP }, 'mine.js'],
      [{ 'app.ts': '', 'mine.js': APP }, '--app', 'mine.js']
    ] as const
    for (const [files, ...args] of cases) t.match(await cli(project(t, files), 'routes', ...args), { code: 0, out: '/items', err: '' }, Object.keys(files).join())
  })

  t.test('is not found: the message has the names that were looked for', async t => {
    t.match(await cli(elsewhere(t), 'routes'), { code: 1, err: /^No app found in .*\. Looked for app\.ts, app\.js, .*src\/app\.ts.* and "main" of package\.json \(not set\)\. Name the file: --app FILE\.\n$/ })
    t.match(await cli(elsewhere(t, { 'package.json': '{"main": "dist/gone.js"}' }), 'routes'), { code: 1, err: '"main" of package.json (dist/gone.js)' })
    t.match(await cli(elsewhere(t, { 'package.json': '{' }), 'routes'), { code: 1, err: /^Cannot read package\.json: .*\. Expected the manifest of the project\.\n$/ })
  })

  t.test('must be a plugin, of ES modules or CommonJS', async t => {
    const commonJs = 'module.exports = { options: { routerOptions: { ignoreTrailingSlash: true } }, default: async function (app, options) { app.get(\'/common\', async () => \'\') } }'
    t.match(await cli(project(t, { 'app.js': 'export const app = 1' }), 'routes'), { code: 1, err: /^app\.js exports no plugin\. Expected: export default async function/ })
    t.match(await cli(project(t, { 'app.cjs': commonJs }), 'routes'), { code: 0, out: '/common' })
  })

  t.test('that fails shows where, as the code is the developer’s', async t => {
    const failing = "export default async function (app, options) { throw new Error('out of order', { cause: 'a wire' }) }"
    t.match(await cli(project(t, { 'app.js': failing }), 'routes'), { code: 1, err: /^Error: out of order\n {4}at .*app\.js:1[^]*\ncaused by a wire\n$/ })
    t.match(await cli(project(t, { 'app.js': 'export default 1 +' }), 'routes'), { code: 1, err: /SyntaxError/ })
  })

  t.test('whose options are wrong is told so without a stack trace', async t => {
    const { code, err } = await cli(project(t, { 'app.js': APP.replace('title:', 'titel:') }), 'routes')
    t.same({ code, err }, { code: 1, err: 'fastify-apikit: options/docs/titel: Unknown option\n' })
  })

  t.test('is TypeScript, which this Node does not run', async t => {
    t.throws(() => { checkNode('app.ts', { typescript: false }) }, { message: /^app\.ts is TypeScript, which Node runs from 22\.18 on/ })
    t.doesNotThrow(() => { checkNode('app.js', {}) })
  })

  t.test('uses another copy of the package', async t => {
    const dir = project(t, { 'app.js': APP, 'node_modules/fastify-apikit/package.json': '{"name": "fastify-apikit"}', 'package.json': '{"type": "module"}' })
    t.match(await cli(dir, 'routes'), { code: 1, err: /^The app uses fastify-apikit in .*, this command is of .*\. Run the one of the project: npx fastify-apikit\.\n$/ })
  })
})

t.test('routes lists methods, URLs, security and tags', async t => {
  const { out } = await cli(project(t, { 'app.js': APP }), 'routes')
  t.same(out.trim().split('\n').map(line => line.trim().split(/\s{2,}/)), [
    ['METHOD', 'URL', 'SECURITY', 'TAGS'],
    ['GET', '/', 'public', 'shop'],
    ['GET', '/items', '-', 'shop, items'],
    ['GET', '/items/:id', '-', 'shop'],
    ['DELETE', '/items/:id', 'HTTPBearer', 'shop'],
    ['GET,HEAD', '/openapi.json', '-', '-'],
    ['GET', '/plain', '-', '-']
  ])
})

t.test('routes names the scopes that a route asks for', async t => {
  const dir = project(t, {
    'app.js': `
      import apikit from ${plugin()}
      import { dependency, scoped } from ${plugin('dependencies')}
      import { oauth2PasswordBearer } from ${plugin('security')}
      const token = oauth2PasswordBearer({ tokenUrl: 'token', scopes: { read: 'Read.' } })
      const user = dependency({ needs: { token } }, () => 1)
      export default async function (app) {
        await app.register(apikit, { docs: false })
        app.get('/me', { config: { depends: { user: scoped(user, ['read']) } } }, async () => '')
      }`
  })
  t.match(await cli(dir, 'routes'), { out: /GET +\/me +OAuth2PasswordBearer \(read\) / })
})

t.test('explain', async t => {
  const dir = project(t, { 'app.js': APP })
  t.test('shows the scopes of an app', async t => {
    t.match(await cli(dir, 'explain'), { code: 0, out: /docs: title "Shop"/ })
  })
  t.test('shows what happens to the requests of a route, written as one argument or two', async t => {
    const { code, out } = await cli(dir, 'explain', 'get', '/items')
    t.equal(code, 0)
    t.match(out, /^GET \/items\n\ninputs\n {2}query {2}page {2}route\n/)
    t.match(await cli(dir, 'explain', 'GET /items'), { code: 0, out })
  })
  t.test('of an unknown route names those near it, and not all', async t => {
    t.match(await cli(dir, 'explain', 'PUT', '/items/:id'), {
      code: 1, err: 'There is no route PUT /items/:id. Near it: GET /items, GET /items/:id, DELETE /items/:id. "fastify-apikit routes" lists all.\n'
    })
    t.match(await cli(dir, 'explain', 'GET', '/x'), { code: 1, err: 'There is no route GET /x. "fastify-apikit routes" lists all.\n' })
    const many = 'export default async function (app) { for (const name of \'abcdefghij\') app.get(\'/many/\' + name, async () => \'\') }'
    t.match(await cli(project(t, { 'app.js': many }), 'explain', 'GET', '/many'), { err: 'GET /many/h …. "fastify' })
  })
  t.test('of a route that no plugin knows says so', async t => {
    t.match(await cli(dir, 'explain', 'GET', '/plain'), { code: 1, err: /^No plugin of fastify-apikit is registered for GET \/plain/ })
  })
})

t.test('openapi', async t => {
  const dir = project(t, { 'app.js': APP })
  t.test('writes the document, and tells what breaks the clients of the one that was written', async t => {
    t.match(await cli(dir, 'openapi', '--check'), { code: 1, err: /^Cannot read openapi\.json: .*\. Write it first: fastify-apikit openapi\.\n$/ })
    t.match(await cli(dir, 'openapi'), { code: 0, out: 'written: openapi.json\n' })
    const file = join(dir, 'openapi.json')
    const document = JSON.parse(readFileSync(file, 'utf8'))
    t.equal(document.info.title, 'Shop')
    t.match(await cli(dir, 'openapi', '--check'), { code: 0, out: '0 breaking changes\n' })

    document.paths['/gone'] = { get: { responses: {} } }
    delete document.paths['/items']
    writeFileSync(file, JSON.stringify(document))
    t.match(await cli(dir, 'openapi', '--check'), { code: 1, out: 'GET /gone: was removed\n1 breaking changes\n' }, 'what is added is none')
    t.equal(readFileSync(file, 'utf8'), JSON.stringify(document), 'nothing was written')
  })
  t.test('takes another file, whose folder it makes', async t => {
    t.match(await cli(dir, 'openapi', 'app.js', '-o', 'made/here.json'), { code: 0, out: 'written: made/here.json\n' })
    t.match(await cli(dir, 'openapi', '-o', 'app.js/x.json'), { code: 1, err: /^Cannot write app\.js\/x\.json: / })
  })
  t.test('registers the app with its documentOptions', async t => {
    const app = `
      import docs from ${plugin('docs')}
      export const documentOptions = { title: 'The same everywhere' }
      export default async function (app, { title = 'Mine' }) { await app.register(docs, { title, docsUrl: null, redocUrl: null }) }`
    const dir = project(t, { 'app.js': app })
    await cli(dir, 'openapi')
    t.match(JSON.parse(readFileSync(join(dir, 'openapi.json'), 'utf8')), { info: { title: 'The same everywhere' } })
  })
  t.test('needs the plugin docs', async t => {
    t.match(await cli(project(t, { 'app.js': 'export default async function (app, options) {}' }), 'openapi'), { code: 1, err: 'The app does not register fastify-apikit/docs.\n' })
  })
})

t.test('client', async t => {
  const document = { openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/mine': { get: { responses: {} } } } }

  t.test('writes the types of the app, of a file, or of a URL', async t => {
    const dir = project(t, { 'app.js': APP, 'other.json': JSON.stringify(document) })
    const types = () => readFileSync(join(dir, 'paths.d.ts'), 'utf8')
    t.match(await cli(dir, 'client'), { code: 0, out: 'written: paths.d.ts\n' })
    t.match(types(), '"/items/{id}": {')
    await cli(dir, 'client', '--document', 'other.json')
    t.match(types(), '"/mine": {')

    const server = createServer((request, response) => { response.end(JSON.stringify(document)) }).listen(0)
    t.teardown(() => server.close())
    await once(server, 'listening')
    t.match(await cli(dir, 'client', '-d', `http://localhost:${Object(server.address()).port}/`, '-o', 'url.d.ts'), { code: 0 })
    t.equal(readFileSync(join(dir, 'url.d.ts'), 'utf8'), types())
  })
  t.test('of what is no document fails in one sentence', async t => {
    const dir = project(t, { 'other.json': '{"openapi": "1"}' })
    t.match(await cli(dir, 'client', '-d', 'other.json'), { code: 1, err: /^The document cannot be read: .*\n$/ })
    writeFileSync(join(dir, 'none.txt'), 'none')
    t.match(await cli(dir, 'client', '-d', 'none.txt'), { code: 1, err: /^Cannot read none\.txt: .*\. Expected an OpenAPI document\.\n$/ })
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    for (const [url, reason] of [[`http://127.0.0.1:${port}/x.json`, 'ECONNREFUSED'], ['http://127.0.0.1:1/x.json', 'bad port']]) {
      t.match(await cli(dir, 'client', '-d', url as string), { code: 1, err: `The document ${url} cannot be read: fetch failed (${reason})\n` })
    }
  })
  t.test('names the package that is missing', async t => {
    const { client } = await t.mockImport<typeof import('../scripts/cli/commands/client.ts')>('../scripts/cli/commands/client.ts', {
      '../plugins/core/peer.ts': { ...await import('../plugins/core/peer.ts'), missingPeers: (names: string[]) => names }
    })
    const io = { cwd: project(t, { 'other.json': JSON.stringify(document) }), out: () => {}, err: () => {} }
    await t.rejects(client.run(['-d', 'other.json'], io), { message: 'Missing packages. Install them: npm install --save-dev openapi-typescript typescript.' })
  })
})

t.test('a database', async t => {
  t.test('migrate makes, runs, lists and undoes migrations; seed fills the tables', async t => {
    const dir = project(t, { 'app.js': DATABASE, 'schemas/seed.js': SEED })
    for (const step of ['status', 'up', 'down', 'stamp']) {
      t.match(await cli(dir, 'migrate', step), { code: 1, out: '', err: `Migrations: the folder ${join(dir, 'steps')} does not exist. Correct its path` })
    }
    mkdirSync(join(dir, 'steps'))
    t.match(await cli(dir, 'migrate', 'status'), { code: 0, out: 'No migrations.\n' })
    t.match(await cli(dir, 'migrate', 'down'), { code: 0, out: 'Nothing to undo.\n' })
    rmdirSync(join(dir, 'steps'))
    t.match(await cli(dir, 'migrate', 'diff', 'first', 'things', '--import', JSON.parse(plugin('db'))), { code: 0, out: /^written steps\/\w+_first_things\.ts: read it before you run it\n$/ })
    // A module is imported once in a process.
    const run = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { cwd: dir, encoding: 'utf8' })
    t.match(run('migrate', 'status'), { status: 0, stdout: /^to do {3}\w+_first_things\n$/ })
    t.match(run('migrate', 'diff'), { status: 1, stderr: /^The database lacks migrations: \w+_first_things\. Run them first: fastify-apikit migrate up\.\n$/ })
    t.match(run('seed'), { status: 0, stdout: '1 thing made\n', stderr: '' })
    t.match(await cli(dir, 'migrate', 'up'), { code: 0, out: 'Nothing to do.\n' })
    t.match(await cli(dir, 'migrate', 'status'), { out: /^done {4}\w+_first_things {2}20.*Z\n$/ })
    t.strictSame(await cli(dir, 'migrate', 'diff'), { code: 0, out: 'The database is as the tables say.\n', err: '' })
    const db = openDatabase({ url: `sqlite:${join(dir, 'data', 'app.db')}` })
    await db.session(async session => { await session.run('create table theirs (id integer primary key)') })
    await db.destroy()
    t.match(await cli(dir, 'migrate', 'diff'), { code: 0, out: "The database is as the tables say.\nOnly the database has, and it is left alone:\n  table theirs: schema.dropTable('theirs')\n" })
    t.match(await cli(dir, 'migrate', 'down'), { code: 0, out: /^undone {2}\w+_first_things\n$/ })
    t.match(await cli(dir, 'migrate', 'up'), { code: 0, out: /^done {4}\w+_first_things\n$/ })
    t.match(await cli(dir, 'migrate', 'down', 'blog'), { code: 1, err: /"blog"/ })
    t.match(await cli(dir, 'migrate', 'new', 'add', 'age', '--folder', 'more'), { code: 1, err: `The folder ${join(dir, 'more')} of --folder does not exist. Correct the path, or make the folder.\n` })
    mkdirSync(join(dir, 'more'))
    t.match(await cli(dir, 'migrate', 'new', 'add', 'age', '--folder', 'more'), {
      code: 0, out: /^written more\/\w+_add_age\.ts\n$/, err: 'The app does not read more. Name it in the option migrations of fastify-apikit/db.\n'
    })
    t.match(await cli(dir, 'migrate', 'new', 'again', '--folder', './steps'), { code: 0, out: /^written steps\//, err: '' })
    for (const option of ['--folder', '--import']) t.match(await cli(dir, 'migrate', 'up', option, 'more'), { code: 2, err: /^--folder and --import are for migrate new and migrate diff\./ })
    t.match(readFileSync(join(dir, 'more', String(readdirSync(join(dir, 'more'))[0])), 'utf8'), "from 'fastify-apikit/db'")
  })
  t.test('that something else has made is pulled, and marked', async t => {
    const dir = project(t, { 'app.js': DATABASE })
    const url = `sqlite:${join(dir, 'old.db')}`
    const old = openDatabase({ url })
    for (const sql of ['create table [Album] ([AlbumId] integer primary key, [Title] nvarchar(160) not null)', 'create index [IFK_Title] on [Album] ([Title])']) await old.session(async session => { await session.run(sql) })
    await old.destroy()
    t.match(await cli(dir, 'db', 'pull', '--url', url, '--import', JSON.parse(plugin('db'))), { code: 0, out: `written ${join('schemas', 'tables.ts')}: 1 tables\n` })
    t.match(readFileSync(join(dir, 'schemas', 'tables.ts'), 'utf8'), "export const Album = table('Album', {")
    t.match(await cli(dir, 'db', 'pull', '--url', url), { code: 1, err: /exists already\. Overwrite it with --force/ })
    t.match(await cli(dir, 'db', 'pull', 'schemas', '--url', url, '--force'), { code: 1, err: /schemas cannot be written: EISDIR/ })
    t.match(await cli(dir, 'db', 'pull', '--url', url, '--force'), { code: 0 })
    t.match(await cli(dir, 'db', 'pull', 'own/tables.ts'), { code: 0, out: 'own/tables.ts: 0 tables' })
    t.match(await cli(dir, 'db', 'pull', join('own', 'tables.ts', 'x')), { code: 1 })

    t.match(await cli(dir, 'migrate', 'new', 'first'), { code: 0 })
    const [file = ''] = readdirSync(join(dir, 'steps'))
    const name = file.replace('.ts', '')
    writeFileSync(join(dir, 'steps', file), 'export const up = async schema => schema.run("create table things (id integer)")\n')
    t.match(await cli(dir, 'migrate', 'stamp', '--to', name), { code: 0, out: `marked  ${name}\n` })
    t.match(await cli(dir, 'migrate', 'stamp'), { code: 0, out: /^Nothing to mark/ })
    t.match(await cli(dir, 'migrate', 'up', '--to', name), { code: 0, out: 'Nothing to do.\n' })
    writeFileSync(join(dir, 'steps', file), 'export const up = async schema => {}\n')
    const run = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { cwd: dir, encoding: 'utf8' })
    t.match(run('migrate', 'status'), { stdout: `edited  ${name}  20` })
    t.match(run('migrate', 'up'), { status: 1, stderr: `fastify-apikit migrate accept ${name}` })
    t.match(run('migrate', 'accept', name), { status: 0, stdout: `accepted ${name}\n` })
    t.match(run('migrate', 'up'), { status: 0, stdout: 'Nothing to do.\n' })
  })
  t.test('is chosen by its name, of several', async t => {
    const dir = project(t, { 'app.js': DATABASE.replace('    await app.register(', "    await app.register(db, { name: 'reports', url: 'sqlite:' + join(dir, 'data', 'reports.db'), tables: [things], migrations: join(dir, 'reports') })\n    await app.register(") })
    t.match(await cli(dir, 'migrate', 'diff', '--database', 'reports', '--import', JSON.parse(plugin('db'))), { code: 0, out: /^written reports\/\w+_diff\.ts/ })
    const run = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { cwd: dir, encoding: 'utf8' })
    t.match(run('migrate', 'diff', '--database', 'reports'), { status: 1, stderr: /Run them first: fastify-apikit migrate up --database reports\.\n$/ })
    t.match(run('migrate', 'up', '--database', 'reports'), { status: 0, stdout: /^done {4}\w+_diff\n$/ })
    t.match(run('migrate', 'status'), { status: 1, stderr: join(dir, 'steps') })
    t.match(await cli(dir, 'migrate', 'up', '--database', 'archive'), { code: 1, err: 'The app has no database "archive". Registered: reports, default. Choose one with --database NAME.\n' })
    t.match(await cli(dir, 'db', 'pull', '--database', 'reports'), { code: 0, out: /1 tables/ })
    t.match(await cli(dir, 'db', 'pull', '--database', 'reports', '--url', 'sqlite:x.db'), { code: 2, err: /^--url and --database exclude each other/ })
  })
  t.test('that has no folder of migrations gets schemas/migrations', async t => {
    const dir = project(t, { 'app.js': DATABASE.replace(/, migrations: .*\}/, ' }') })
    t.match(await cli(dir, 'migrate', 'status'), { code: 0, out: 'No migrations.\n' })
    t.match(await cli(dir, 'migrate', 'new', 'first'), {
      code: 0, out: /^written schemas\/migrations\/\w+_first\.ts\n$/, err: 'The app does not read schemas/migrations. Name it in the option migrations of fastify-apikit/db.\n'
    })
  })
  t.test('is missing', async t => {
    const dir = project(t, { 'app.js': APP })
    t.match(await cli(dir, 'migrate', 'status'), { code: 1, err: 'The app does not register fastify-apikit/db.\n' })
  })
  t.test('is neither opened nor made by the commands that only describe the app', async t => {
    const dir = project(t, { 'app.js': DATABASE })
    t.match(await cli(dir, 'routes'), { code: 0, err: '' })
    t.same(readdirSync(dir), ['app.js'])

    const unreachable = DATABASE.replace("'sqlite:' + join(dir, 'data', 'app.db')", "'postgres://127.0.0.1:9/none'")
    t.match(await cli(project(t, { 'app.js': unreachable }), 'routes'), { code: 0, err: '' })
    t.match(await cli(project(t, { 'app.js': unreachable }), 'migrate', 'up'), { code: 1, err: /cannot connect to the database/ })
  })
  t.test('is named where it lacks migrations, with the command that runs them', async t => {
    const behind = DATABASE.replace("join(dir, 'steps')", JSON.stringify(join(root, 'schemas', 'migrations')))
    const worker = behind.replace('  })', `    await app.register((await import(${plugin('tasks')})).default)\n  })`)
    t.match(await cli(project(t, { 'app.js': worker }), 'worker', '--log-level', 'silent'), { code: 1, err: 'npx fastify-apikit migrate up' })
  })
})

t.test('seed', async t => {
  t.test('runs the migrations of all databases, also of one that has a name alone', async t => {
    const reports = DATABASE.replace('await app.register(db, {', "await app.register(db, { name: 'reports',").replace("'app.db'", "'reports.db'").replace("join(dir, 'steps')", "join(dir, 'reports')")
    const both = DATABASE.replace('    await app.register(', `    ${/await app\.register.*\n/.exec(reports)?.[0]}    await app.register(`)
    const step = (table: string) => `export const up = async schema => { await schema.run('create table ${table} (id integer)') }`
    const plant = 'export default async app => (await app.database("reports").introspection.getTables()).map(({ name }) => name).filter(name => !name.startsWith("apikit")).join() + ("db" in app)'
    const alone = project(t, { 'app.js': reports, 'seed.js': plant, 'reports/1_a.js': step('reported') })
    t.strictSame(await cli(alone, 'seed'), { code: 0, out: 'reportedfalse\n', err: '' })
    const dir = project(t, { 'app.js': both, 'seed.js': plant, 'reports/1_a.js': step('reported'), 'steps/1_a.js': step('things') })
    t.strictSame(await cli(dir, 'seed'), { code: 0, out: 'reportedtrue\n', err: '' })
    t.match(await cli(dir, 'migrate', 'status'), { code: 0, out: /^done {4}1_a/ })
  })
  t.test('needs a module that exports a function, and no database', async t => {
    const dir = project(t, { 'app.js': APP, 'one.js': 'export default async app => { app.log.info(1) }', 'none.js': '' })
    t.match(await cli(dir, 'seed', 'one.js'), { code: 0, out: '', err: '' })
    t.match(await cli(dir, 'seed', 'none.js'), { code: 1, err: /none\.js exports no function\. Expected: / })
    t.match(await cli(dir, 'seed'), { code: 1, err: /^No seed found in .*\. Looked for schemas\/seed\.ts, schemas\/seed\.js, seed\.ts, / })
  })
})

t.test('start', async t => {
  const dir = project(t, { 'app.js': APP })
  const args = (values: object, written: ReadonlyArray<{ name: string, value: string | undefined }> = [], rest: readonly string[] = []) =>
    startArguments({ positionals: [], values, written, rest }, { cwd: dir, out: () => {}, err: () => {} })

  t.test('lets requests end for 30 seconds, and hands on the options of fastify-cli and of the app', async t => {
    t.same(args({}), ['--options', '--log-level=info', '--close-grace-delay=30000', 'app.js', '--', '--skipOverride=true'])
    const written = [{ name: 'app', value: 'app.js' }, { name: 'close-grace-delay', value: '5' }, { name: 'pretty-logs', value: undefined }]
    t.same(args({ 'close-grace-delay': '5' }, written, ['--mine', '1']), ['--options', '--log-level=info', '--close-grace-delay=5', '--pretty-logs', 'app.js', '--', '--skipOverride=true', '--mine', '1'])
  })
  t.test('leaves to the environment of fastify-cli what that says', async t => {
    t.teardown(() => { delete process.env.FASTIFY_LOG_LEVEL })
    process.env.FASTIFY_LOG_LEVEL = 'warn'
    t.same(args({}), ['--options', '--close-grace-delay=30000', 'app.js', '--', '--skipOverride=true'])
  })
  t.test('makes a scope of an app with a prefix', async t => {
    t.teardown(() => { delete process.env.FASTIFY_PREFIX })
    t.same(args({ prefix: '/v1' }, [{ name: 'prefix', value: '/v1' }]).slice(-2), ['--prefix=/v1', 'app.js'])
    t.same(args({ config: 'app.js' }).slice(-1), ['app.js'])
    process.env.FASTIFY_PREFIX = '/v1'
    t.same(args({}).slice(-1), ['app.js'])
  })
  t.test('knows all options that fastify-cli documents', async t => {
    const help = readFileSync(join(root, 'node_modules', 'fastify-cli', 'help', 'start.txt'), 'utf8')
    const documented = [...help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)$/gm)].map(([, name]) => String(name))
    const ours = ['options', 'watch', 'follow-watch', 'ignore-watch', 'verbose-watch', 'help']
    t.ok(documented.length > 15)
    t.same(documented.filter(name => !Object.hasOwn(START_OPTIONS, name) && !ours.includes(name)), [])
  })
  t.test('needs fastify-cli', async t => {
    t.match(await cli(elsewhere(t, { 'app.js': APP }), 'start'), { code: 1, err: /^fastify-cli cannot be loaded: Cannot find module .*\. Install it: npm install fastify-cli\.\n$/ })
  })
})
