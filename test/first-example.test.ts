import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { emptyFolder, env, isOffline, node, npm, pack, root, succeeds, versionOf } from './packed.ts'

t.setTimeout(300_000) // npm and a compiler on a busy machine

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The repository itself has the older pair, with @sinclair/typebox. */
const VERSIONS: Readonly<Record<string, string>> = { '@fastify/type-provider-typebox': '6' }

/** A block below the heading of the first example. */
function block (language: string): string {
  const [, section = ''] = readme.split('## Install\n')
  return new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(section)?.[1] ?? ''
}

t.test('the first example of the README runs in an empty folder, after its own commands', async t => {
  const [dir, { tarball }] = [emptyFolder(t), pack(t)]
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
