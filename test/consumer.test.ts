import { cpSync, globSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { emptyFolder, isOffline, node, npm, pack, root, succeeds, versionOf } from './packed.ts'

t.setTimeout(300_000) // compilers and npm on a busy machine

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** In the versions of this repository, so that npm finds them in its cache. The last two are named by the declarations of `types`. */
const INSTALLED = ['@fastify/type-provider-typebox', '@sinclair/typebox', '@types/node', 'fastify', 'decimal.js', 'temporal-polyfill']

const COMMON_JS = `
  const Fastify = require('fastify')
  const { errors, Conflict } = require('fastify-apikit/errors')
  const timing = require('fastify-apikit/timing')

  const app = Fastify()
  app.register(errors)
  app.register(timing.default)
  app.get('/', async () => { throw new Conflict('Taken') })
  app.inject('/').then(({ statusCode, headers, body }) => {
    console.log(JSON.stringify([statusCode, 'x-process-time' in headers, body]))
  })`

t.test('in somebody’s app, installed from the tarball', async t => {
  const { dist, tarball } = pack(t)

  t.test('the package is built without the reference app, and can be imported', async t => {
    const built = globSync('**/*.js', { cwd: dist })
    for (const file of JSON.stringify(exports).matchAll(/\.\/dist\/([^"]+\.js)/g)) t.ok(built.includes(String(file[1])), String(file[1]))
    const declared = globSync('**/*.d.cts', { cwd: dist })
    t.same(declared.map(file => file.replace(/\.cts$/, '.ts')), globSync('**/*.d.ts', { cwd: dist }), 'CommonJS has declarations of its own')
    t.same(built.filter(file => !/^plugins\//.test(file) || file.includes('autoload')), [])

    symlinkSync(join(root, 'node_modules'), join(dist, 'node_modules'))
    succeeds(t, 'timing', node(dist, join(dist, 'plugins', 'timing', 'index.js')))
  })

  t.test('the package is one that publint has nothing to say about', async t => {
    succeeds(t, 'publint', node(root, join(root, 'node_modules', '.bin', 'publint'), 'run', tarball, '--strict'))
  })

  const dir = emptyFolder(t)
  cpSync(join(import.meta.dirname, 'fixtures', 'consumer'), dir, { recursive: true })
  const dependencies = Object.fromEntries([['fastify-apikit', `file:${tarball}`], ...INSTALLED.map(name => [name, versionOf(name)])])
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  const installed = npm(dir, 'install', '--prefer-offline')
  if (isOffline(installed)) return t.skip('npm reaches no registry', () => {})
  succeeds(t, 'npm install', installed)

  t.test('a scope without the plugins is plain Fastify, with its coercion and its errors', async t => {
    const { stdout, stderr } = node(dir, 'app.ts')
    t.equal(stderr, '')
    const { kit, beside, alone, day } = JSON.parse(stdout)
    t.same(beside, alone)
    const statuses = (answers: Array<[string, number]>) => answers.map(([, status]) => status)
    t.same(statuses(beside), [200, 200, 200, 200, 400, 400, 400, 404, 404, 500, 410])
    t.same(statuses(kit), [200, 422, 422, 422, 422, 422, 422, 405, 404, 500, 410])
    t.same(day, { detail: 'Not yet' })
  })

  t.test('it can be required', async t => {
    const { stdout, stderr } = node(dir, '--input-type=commonjs', '--eval', COMMON_JS)
    t.equal(stderr, '')
    t.same(JSON.parse(stdout), [409, true, '{"detail":"Taken"}'])
  })

  // These two are made of their peers.
  const exported = Object.keys(exports)
    .filter(path => !path.endsWith('.json') && path !== './db' && path !== './client').map(path => `fastify-apikit${path.slice(1)}`)
  writeFileSync(join(dir, 'all.ts'), exported.map(path => `import '${path}'\n`).join(''))

  t.test('each plugin can be imported where none of the packages is that only others, or only some of its users, need', async t => {
    succeeds(t, exported.join(), node(dir, 'all.ts'))
  })

  t.test('its types are right, those of its dependencies as well', async t => {
    succeeds(t, 'tsc', node(dir, join(root, 'node_modules', '.bin', 'tsc'), '-p', dir))
  })

  t.test('so are those of each plugin by itself', async t => {
    const alone = exported.filter(path => !/^fastify-apikit(\/(docs|openid|templates))?$/.test(path)) // whose packages everybody has who uses them
    succeeds(t, alone.join(), node(dir, 'alone.ts', join(root, 'node_modules', 'typescript'), ...alone))
  })
})
