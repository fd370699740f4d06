import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import ts from 'typescript'
import { emptyFolder, env, isOffline, node, npm, pack, root, succeeds, versionOf } from './packed.ts'

t.setTimeout(300_000) // compilers and npm on a busy machine

const { dist, tarball } = pack(t)
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** In the versions of this repository, so that npm finds them in its cache. The last two are named by the declarations of `types`. */
const INSTALLED = ['@fastify/type-provider-typebox', '@sinclair/typebox', '@types/node', 'fastify', 'decimal.js', 'temporal-polyfill']

/** The repository itself has the older pair, with @sinclair/typebox. */
const VERSIONS: Readonly<Record<string, string>> = { '@fastify/type-provider-typebox': '6' }

/** A block below the heading of the first example. */
function block (language: string): string {
  const [, section = ''] = readme.split('## Install\n')
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(section)?.[1] ?? ''
}

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

/** What the compiler says of a project, by the options in its own tsconfig.json. */
function typeErrors (dir: string, sourceFiles: Map<string, ts.SourceFile | undefined>): string[] {
  const { options, fileNames } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(dir, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, dir)
  const host = ts.createCompilerHost(options)
  const parse = host.getSourceFile
  host.getSourceFile = (name, ...rest) => {
    if (!sourceFiles.has(name)) sourceFiles.set(name, parse(name, ...rest))
    return sourceFiles.get(name)
  }
  return ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options, host)).map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

t.test('in somebody’s app, installed from the tarball', async t => {
  t.test('the package is built without the reference app, and can be imported', async t => {
    const built = globSync('**/*.js', { cwd: dist })
    for (const file of JSON.stringify(exports).matchAll(/\.\/dist\/([^"]+\.js)/g)) t.ok(built.includes(String(file[1])), String(file[1]))
    const declared = globSync('plugins/**/*.d.cts', { cwd: dist })
    t.same(declared.map(file => file.replace(/\.cts$/, '.ts')), globSync('plugins/**/*.d.ts', { cwd: dist }), 'CommonJS has declarations of its own')
    t.same(built.filter(file => !/^(plugins|scripts\/cli)\//.test(file) || file.includes('autoload')), [])

    symlinkSync(join(root, 'node_modules'), join(dist, 'node_modules'))
    succeeds(t, 'timing', node(dist, join(dist, 'plugins', 'timing', 'index.js')))
  })

  t.test('the package is one that publint has nothing to say about', async t => {
    succeeds(t, 'publint', node(root, join(root, 'node_modules', '.bin', 'publint'), 'run', tarball, '--strict'))
  })

  t.test('its command makes projects whose types are right, and runs in them', async t => {
    const dir = emptyFolder(t)
    // What `npm install` would put there.
    mkdirSync(join(dir, 'node_modules'))
    for (const name of readdirSync(join(root, 'node_modules'))) symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name))
    const own = join(dir, 'node_modules', 'fastify-apikit')
    mkdirSync(own)
    succeeds(t, 'tar', spawnSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', own], { encoding: 'utf8' }))
    const bin = join(own, JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')).bin['fastify-apikit'])

    const sourceFiles = new Map<string, ts.SourceFile | undefined>() // parsed once for all
    for (const flags of [['--database=sqlite'], ['--auth', '--database=postgres']]) {
      const name = ['shop', ...flags.map(flag => flag.replaceAll(/\W/g, ''))].join('-')
      succeeds(t, name, node(dir, bin, 'new', name, ...flags))
      t.same(typeErrors(join(dir, name), sourceFiles), [])
    }

    const project = join(dir, 'shop-auth-databasepostgres')
    const { stdout, stderr } = node(project, bin, 'routes')
    t.equal(stderr, '')
    t.match(stdout, /POST +\/items\/ +OAuth2PasswordBearer/)
    succeeds(t, 'openapi', node(project, bin, 'openapi'))
    succeeds(t, 'openapi --check', node(project, bin, 'openapi', '--check'))
    t.match(node(join(dir, 'shop-databasesqlite'), bin, 'migrate', 'status'), { status: 0, stdout: /^to do / })
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

  t.test('a line of code for Node can use it, as a module or by require', async t => {
    for (const code of ["import('fastify-apikit/validation').then(() => console.log('ok'))", "require('fastify-apikit/validation'); console.log('ok')"]) {
      t.match(node(dir, '--eval', code), { status: 0, stdout: 'ok\n', stderr: '' }, code)
    }
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
    const alone = exported.filter(path => !/^fastify-apikit(\/(docs|metrics|openid|templates))?$/.test(path)) // whose packages everybody has who uses them
    succeeds(t, alone.join(), node(dir, 'alone.ts', join(root, 'node_modules', 'typescript'), ...alone))
  })
})

t.test('the first example of the README runs in an empty folder, after its own commands', async t => {
  const dir = emptyFolder(t)
  const [prepare = '', install = ''] = block('sh').trim().split('\n')
  succeeds(t, prepare, spawnSync(prepare, { cwd: dir, shell: true, encoding: 'utf8', env }))
  const packages = install.split(' ').slice(2).map(name => name === 'fastify-apikit' ? tarball : `${name}@${VERSIONS[name] ?? versionOf(name)}`)
  const installed = npm(dir, 'install', ...packages, '--prefer-offline')
  if (isOffline(installed)) return t.skip('npm reaches no registry', () => {})
  succeeds(t, install, installed)

  writeFileSync(join(dir, 'app.ts'), block('ts'))
  writeFileSync(join(dir, 'on-a-free-port.ts'), `${block('ts').replace('port: 3000', 'port: 0')}\nconsole.log(app.listeningOrigin)\n`)

  await t.test('it answers as the README says', async t => {
    const child = spawn(process.execPath, ['on-a-free-port.ts'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    const [origin] = await once(createInterface(child.stdout), 'line') as [string]
    for (const [path, status] of [['/items/0', 200], ['/items/7', 404], ['/items/x', 422]] as const) {
      const response = await fetch(origin + path)
      t.equal(response.status, status, path)
      t.ok(readme.includes(await response.text()), `the README shows the answer to ${path}`)
    }
    for (const path of ['/docs', '/redoc', '/openapi.json']) t.equal((await fetch(origin + path)).status, 200, path)
  })

  t.test('its types are right, those of its dependencies as well', async t => {
    const compilerOptions = {
      target: 'es2023',
      lib: ['es2023'],
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')]
    }
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
    succeeds(t, 'tsc', node(dir, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', dir))
  })
})
