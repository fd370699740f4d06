import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
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

t.test('a folder that has something in it is left as it is', async t => {
  const dir = project(t, { 'shop/mine.txt': '', file: '' })
  t.match(await cli(dir, 'new', 'shop'), { code: 2, err: /^The folder .*shop is not empty\.\n/ })
  t.match(await cli(dir, 'new', 'file'), { code: 2, err: /^The folder .*file is not empty\.\n/ })
  t.same(readdirSync(dir, { recursive: true }).sort(), ['file', 'shop', 'shop/mine.txt'])
})
