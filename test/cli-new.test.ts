import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { bin, cli, project, root } from './cli.ts'
import { env } from './packed.ts'

t.setTimeout(120_000) // many processes on a busy machine

const run = promisify(execFile)
/** Imports the package by its name from the source, unbuilt. */
const hooks = `--import ${pathToFileURL(join(root, 'test', 'parity', 'package-name.ts')).href}`

/** Runs Node in a project, with the packages of this repository. */
async function node (dir: string, ...args: string[]): Promise<string> {
  if (!existsSync(join(dir, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
  return (await run(process.execPath, args, { cwd: dir, env: { ...env, NODE_OPTIONS: hooks } })).stdout
}

// Their types are checked by consumer.test.ts, which has the package as it is published.
const variants: ReadonlyArray<{ flags: readonly string[], files: readonly string[], packages?: readonly string[] }> = [
  { flags: [], files: ['app.ts', 'routes/items/index.ts'] },
  { flags: ['--database', 'sqlite'], files: ['schemas/tables.ts', 'schemas/migrations/20260101T000000_first.ts'], packages: ['kysely'] },
  { flags: ['--auth'], files: ['routes/account/index.ts', 'test/account.test.ts'], packages: ['@fastify/jwt'] },
  { flags: ['--database', 'postgres', '--auth'], files: ['schemas/seed.ts', 'routes/account/users.ts'], packages: ['kysely', 'pg', '@fastify/jwt'] }
]

const parent = project(t, {}, tmpdir())
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

for (const { flags, files, packages = [] } of variants) {
  t.test(`new shop ${flags.join(' ')} makes a project whose tests pass`, async t => {
    const name = `shop-${variants.findIndex(variant => variant.flags === flags)}`
    const { code, out, err } = await cli(parent, 'new', name, ...flags)
    t.same({ code, err }, { code: 0, err: '' })
    t.equal(out, `Made ${name}. Next:\n\n  cd ${name}\n  npm install && npm test\n  npm run dev\n`)

    const dir = join(parent, name)
    const written = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    for (const file of [...files, '.gitignore', '.env.example', 'README.md', 'tsconfig.json', 'test/items.test.ts']) t.ok(written.includes(file), file)
    for (const file of written.filter(file => /\.\w+$/.test(file))) {
      t.notMatch(readFileSync(join(dir, file), 'utf8'), /template-name|^\s*(\/\/|#|<!--) (if|else|end)\b/m, `${file} has no trace of the template`)
    }
    const { dependencies, devDependencies, scripts } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
    t.equal(scripts.dev, 'fastify-apikit dev')
    t.same(packages.filter(one => dependencies[one] !== manifest.devDependencies[one]), [])
    for (const [one, range] of Object.entries({ ...dependencies, ...devDependencies })) t.match(range, /^[~^]\d/, one)

    const output = await node(dir, '--test', '--test-reporter=tap', '--test-isolation=none', 'test/**/*.test.ts')
    t.match(output, new RegExp(`^# pass ${flags.includes('--auth') ? 6 : 3}$`, 'm'), output)
  })
}

t.test('the commands work in such a project, with a secret of its own', async t => {
  const dir = project(t, {}, tmpdir())
  mkdirSync(join(dir, '.git'))
  t.match(await cli(dir, 'new', 'shop', '--here', '--auth', '--database', 'sqlite'), { code: 0, out: /^Made shop\. Next:\n\n {2}npm install/ })
  t.match(readFileSync(join(dir, '.env'), 'utf8'), /^# Not in the repository\. Variables/)
  t.match(readFileSync(join(dir, '.env'), 'utf8'), /^JWT_SECRET=[\da-f]{64}$/m)
  t.match(readFileSync(join(dir, '.gitignore'), 'utf8'), /^\.env$/m)

  const command = async (...args: string[]) => await node(dir, bin, ...args)
  t.match(await command('routes'), /POST +\/items\/ +OAuth2PasswordBearer +items/)
  t.equal(await command('seed'), '2 items made\n')
  writeFileSync(join(dir, 'ask.ts'), `
    import Fastify from 'fastify'
    import app from './app.ts'
    const server = Fastify()
    await server.register(app)
    console.log((await server.inject('/items/1')).body)
    await server.close()`)
  t.equal(await node(dir, 'ask.ts'), '{"id":1,"name":"pen","price":2.5}\n', 'the routes read the database')
  t.equal(await command('migrate', 'diff'), 'The database is as the tables say.\n')
})

for (const [flags, has, hasNot] of [
  [[], [], ['volumes', 'JWT_SECRET', 'DATABASE_URL']],
  [['--database', 'sqlite'], ['data:/app/data'], ['postgres', 'JWT_SECRET']],
  [['--database', 'postgres', '--auth'], ['image: postgres:', 'JWT_SECRET: ${JWT_SECRET:?'], ['/app/data']]
] as const) {
  t.test(`new shop ${flags.join(' ')} has an image of its own files, and services that it needs`, async t => {
    const dir = project(t, {}, tmpdir())
    t.match(await cli(dir, 'new', 'shop', '--here', ...flags), { code: 0 })
    const text = (file: string): string => readFileSync(join(dir, file), 'utf8')
    const { services: { app, database }, volumes = {} } = parse(text('compose.yaml'))
    t.equal(database !== undefined, flags.includes('postgres' as never))
    const mounted = [app, database].flatMap(service => service?.volumes ?? []).map((volume: string) => volume.split(':')[0])
    t.same(Object.keys(volumes), mounted)
    for (const part of has) t.ok(text('compose.yaml').includes(part), part)
    for (const part of hasNot) t.notOk(text('compose.yaml').includes(part) || text('Dockerfile').includes(part), part)

    const copied = [...text('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
    t.ok(copied.includes('routes'))
    const admitted = text('.dockerignore').split('\n').filter(line => line.startsWith('!')).map(line => line.slice(1))
    t.same(new Set(copied), new Set(admitted), 'what is copied is sent to the builder, and nothing else: no .env')
    t.same(copied.filter(file => file !== 'package-lock.json' && !existsSync(join(dir, file))), [])
    t.match(text('Dockerfile'), /^USER node$/m)
  })
}

t.test('the image of the reference app has what it needs', async t => {
  const text = (file: string): string => readFileSync(join(root, 'scripts', 'production', file), 'utf8')
  const copied = [...text('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
  t.same(copied.filter(file => !existsSync(join(root, file))), [])
  const { services: { app, worker, database } } = parse(text('compose.yaml'), { merge: true })
  for (const service of [app, worker]) t.ok(existsSync(join(root, 'scripts', 'production', service.build.context, service.build.dockerfile)))
  t.ok(database.healthcheck)

  const dir = project(t, { 'package.json': readFileSync(join(root, 'package.json'), 'utf8') })
  await node(dir, join(root, 'scripts', 'production', 'packages.ts'))
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  t.equal(devDependencies, undefined)
  const imported = globSync('{app.ts,{plugins,routes,schemas}/**/*.ts}', { cwd: root }).flatMap(file => [...readFileSync(join(root, file), 'utf8').matchAll(/^import (?!type )[^']*'((?:@[a-z-]+\/)?[a-z][\w.-]*)/gm)].map(([, name]) => String(name)))
  t.same([...new Set(imported)].filter(name => !(name in dependencies) && !['fastify-apikit', 'openapi-fetch', 'zod'].includes(name) && !name.startsWith('node')), [])
})

t.test('a folder that has something in it is left as it is', async t => {
  const dir = project(t, { 'shop/mine.txt': '', file: '' })
  t.match(await cli(dir, 'new', 'shop'), { code: 2, err: /^The folder .*shop is not empty\.\n/ })
  t.match(await cli(dir, 'new', 'file'), { code: 2, err: /^The folder .*file is not empty\.\n/ })
  t.same(readdirSync(dir, { recursive: true }).sort(), ['file', 'shop', 'shop/mine.txt'])
})
