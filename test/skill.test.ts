import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')
const text = readFileSync(join(root, '.agents', 'skills', 'fastify-apikit', 'SKILL.md'), 'utf8')

t.test('what the skill imports is exported', async t => {
  const imports = [...text.matchAll(/^import (?:(\w+),? )?(?:\{ ([^}]*) \} )?from 'fastify-apikit(\/[a-z-]+)?'$/gm)]
  t.ok(imports.length >= 5)
  for (const [line, standard, names = '', entry = ''] of imports) {
    const exported = Object.keys(await import(`../plugins${entry}/index.ts`))
    const wanted = [...standard === undefined ? [] : ['default'], ...names.split(', ').filter(name => name !== '' && !name.startsWith('type '))]
    t.same(wanted.filter(name => !exported.includes(name)), [], line)
  }
})

t.test('the names in its text are exported by the entries it names', async t => {
  const exported = new Set<string>()
  for (const entry of ['db', 'dependencies', 'errors', 'responses', 'security', 'tasks', 'testing', 'types']) {
    for (const name of Object.keys(await import(`../plugins/${entry}/index.ts`))) exported.add(name)
  }
  const called = [...text.matchAll(/`(?:depends: \{ )?([A-Za-z]\w*)\((?:\)|\[|[a-zA-Z,… ]+\))/g)].map(([, name]) => String(name))
  t.ok(called.length > 15)
  t.same([...new Set(called)].filter(name => !exported.has(name) && name !== 'fp'), []) // of fastify-plugin
})
