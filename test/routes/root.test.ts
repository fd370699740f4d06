import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

t.test('the root says where the docs are, and which sections there are', async t => {
  const { docs, sections } = (await app.inject('/')).json()
  t.equal((await app.inject(docs)).statusCode, 200)
  for (const section of ['basic', 'cookie', 'encoder', 'errors', 'fields', 'header', 'path', 'query', 'request', 'response', 'types', 'update']) {
    t.ok(sections.includes(`/${section}`), section)
  }
  t.notOk(sections.includes('/index.ts'))
  t.same(sections, [...sections].sort())
})

t.test('sections that the settings leave out are not listed', async t => {
  const sectionsOf = async (settings: object): Promise<string[]> => (await (await build(t, { settings })).inject('/')).json().sections
  const plain = await sectionsOf({ tasks: { page: false } })
  t.notOk(plain.includes('/okta') || plain.includes('/tasks'))
  const all = await sectionsOf({ oktaIssuer: 'http://127.0.0.1:9/oauth2', oktaAudience: 'api', tasks: { page: true } })
  t.same(all.filter(section => !plain.includes(section)), ['/okta', '/tasks'])
})

t.test('a prefix goes before the sections and the docs are where they were', async t => {
  const app = await build(t, { prefix: '/v1' })
  const { docs, sections } = (await app.inject('/v1')).json()
  t.equal((await app.inject(docs)).statusCode, 200)
  t.ok(sections.includes('/v1/query'))
  t.equal((await app.inject('/v1/query/items/')).statusCode, 200)
})

t.test('without docs there is no address of them', async t => {
  const app = await build(t, { settings: { docs: { docsUrl: null } } })
  t.equal((await app.inject('/')).json().docs, null)
})
