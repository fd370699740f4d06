import t from 'tap'
import { SECTIONS } from '../../routes/sections.ts'
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

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

t.test('browsers get a page, all others JSON', async t => {
  const page = await app.inject({ url: '/', headers: HTML })
  t.match(page.headers, { 'content-type': 'text/html; charset=utf-8', vary: /accept/ })
  for (const section of SECTIONS.filter(({ name }) => name !== 'okta')) {
    t.match(page.body, `<li id="${section.name}">`)
    t.match(page.body, `href="${section.chapter}"`)
    t.match(page.body, `<summary>routes/${section.name}/index.ts</summary>`)
  }
  t.match(page.body, 'if (item === undefined) throw new NotFound(&#39;Item not found&#39;)', 'the code')
  for (const accept of ['', '*/*', 'application/json', 'application/json, text/html', 'image/png']) {
    const { headers } = await app.inject({ url: '/', headers: accept === '' ? {} : { accept } })
    t.match(headers, { 'content-type': /^application\/json/, vary: /accept/ }, accept)
  }
})

t.test('all links of the page lead somewhere', async t => {
  for (const prefix of ['', '/v1']) {
    const app = await build(t, { prefix })
    const { body } = await app.inject({ url: `${prefix}/`.replace(/(?<=.)\/$/, ''), headers: HTML })
    const links = [...body.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url).filter(url => url.startsWith('/') || url.startsWith('http://localhost'))
    t.ok(links.length > SECTIONS.length)
    const document = (await app.inject('/openapi.json')).json()
    const tags: string[] = document.tags.map(({ name }: { name: string }) => name)
    for (const link of new Set(links)) {
      const { pathname, hash } = new URL(link, 'http://localhost')
      t.equal((await app.inject(pathname)).statusCode, 200, link)
      if (hash !== '') t.ok(tags.includes(hash.slice(2)), link)
    }
  }
})

t.test('the document has a title, a description and a tag with a description for each operation', async t => {
  const { info, tags, paths } = (await app.inject('/openapi.json')).json()
  t.match(info, { title: 'fastify-apikit', description: /tour of FastAPI/ })
  for (const { name, description } of tags) t.match(description, /\w/, name)
  const used = Object.values(paths).flatMap(operations => Object.values(Object(operations)).flatMap(operation => Object(operation).tags))
  t.same([...new Set(used)].sort(), tags.map(({ name }: { name: string }) => name).sort())
})

t.test('tags of the settings come first', async t => {
  const app = await build(t, { settings: { docs: { tags: [{ name: 'mine' }] } } })
  t.equal((await app.inject('/openapi.json')).json().tags[0].name, 'mine')
})

t.test('a route outside the sections has no tag', async t => {
  const app = await build(t)
  app.get('/elsewhere', async () => null)
  t.same((await app.inject('/openapi.json')).json().paths['/elsewhere'].get.tags ?? [], [])
})

t.test('without the sections of the tutorial the page shows no code, and without docs no links to them', async t => {
  const app = await build(t, { settings: { demonstrations: [], docs: { docsUrl: null } } })
  const { body } = await app.inject({ url: '/', headers: HTML })
  t.match(body, '<li id="account">')
  t.notMatch(body, '<details>')
  t.notMatch(body, 'Try it')
})
