import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import cors from '../plugins/cors/index.ts'
import docs from '../plugins/docs/index.ts'
import errors from '../plugins/errors/index.ts'
import templates from '../plugins/templates/index.ts'
import { launch, noBrowser } from './browser.ts'
import { bare, build } from './helper.ts'

t.setTimeout(120_000)

/** Another origin: a server of its own, with an empty page. */
async function elsewhere (t: Test): Promise<string> {
  const server = createServer((_request, response) => { response.setHeader('content-type', 'text/html').end('<p>page') }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('pages of another port call as configured, and no others do', { skip: noBrowser }, async t => {
  const [friend, stranger] = [await elsewhere(t), await elsewhere(t)]
  const app = bare(t)
  await app.register(errors)
  await app.register(cors, { allowOrigins: [friend], allowMethods: ['GET', 'PUT'], allowHeaders: ['X-Token'], exposeHeaders: ['X-Total'], allowCredentials: true })
  const called: string[] = []
  app.addHook('onRequest', async ({ method }) => { called.push(method) })
  app.get('/', async (_request, reply) => reply.headers({ 'set-cookie': 'seen=1', 'x-total': '3' }).send({ ok: true }))
  app.put('/', async ({ headers }) => ({ token: headers['x-token'], cookie: headers.cookie }))
  app.delete('/', async () => ({ ok: true }))
  const api = await app.listen({ port: 0, host: '127.0.0.1' })

  const page = await (await launch(t)).newPage()
  const ask = async (origin: string, init: object) => {
    await page.goto(origin)
    return await page.evaluate(`fetch('${api}/', ${JSON.stringify(init)}).then(async answer => ({ body: await answer.json(), total: answer.headers.get('x-total') }), error => String(error))`)
  }
  const refused = 'TypeError: Failed to fetch'
  t.same(await ask(friend, { credentials: 'include' }), { body: { ok: true }, total: '3' })
  t.same(await ask(friend, { method: 'PUT', headers: { 'X-Token': 'a' }, credentials: 'include' }), { body: { token: 'a', cookie: 'seen=1' }, total: null })
  t.equal(await ask(stranger, {}), refused)

  called.length = 0
  t.equal(await ask(friend, { method: 'DELETE' }), refused, 'a method that is not allowed')
  t.equal(await ask(friend, { headers: { 'X-Other': 'a' } }), refused, 'a header that is not allowed')
  t.equal(await ask(stranger, { method: 'PUT', headers: { 'X-Token': 'a' } }), refused, 'an origin that is not')
  t.same(called, [], 'what a preflight refuses does not come')
})

t.test('what a user sends is shown as text', { skip: noBrowser }, async t => {
  const root = t.testdir({ 'x.html': '<p title="{{ text }}">{{ text }}</p><script>window.data = {{ text | tojson }}</script>' })
  const app = bare(t)
  await app.register(templates, { root })
  app.get<{ Querystring: { text: string } }>('/', async ({ query }, reply) => await reply.view('x.html', query))
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })

  const page = await (await launch(t)).newPage()
  const ran: string[] = []
  await page.exposeFunction('ran', () => { ran.push('ran') })
  for (const text of ['<script>ran()</script>', '" onmouseover="ran()" x="', '</script><script>ran()</script>', '<img src=x onerror=ran()>', "{{ constructor.constructor('ran()')() }}"]) {
    await page.goto(`${origin}/?text=${encodeURIComponent(text)}`)
    t.same(await page.evaluate("[document.querySelector('p').textContent, document.querySelector('p').title, window.data]"), [text, text, text])
  }
  t.same(ran, [])
})

t.test('the pages of the documentation work under the Content-Security-Policy of helmet', { skip: noBrowser }, async t => {
  const browser = await launch(t)
  const complaints = async (origin: string, path: string, ready: string): Promise<string[]> => {
    const page = await browser.newPage()
    const said: string[] = []
    page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') said.push(message.text()) })
    page.on('pageerror', error => { said.push(String(error)) })
    page.on('requestfailed', request => { said.push(request.url()) })
    await page.goto(origin + path)
    await page.waitForSelector(ready)
    await page.close()
    return said
  }
  const strict = Fastify()
  t.teardown(() => strict.close())
  for (const plugin of [helmet, errors, docs]) await strict.register(plugin)
  strict.get('/items', { schema: { summary: 'Items' } }, async () => [])
  const app = await build(t)
  const origins = [await strict.listen({ port: 0, host: '127.0.0.1' }), await app.listen({ port: 0, host: '127.0.0.1' })]
  for (const origin of origins) {
    t.match((await fetch(`${origin}/docs`)).headers.get('content-security-policy'), "script-src 'self'")
    t.same(await complaints(origin, '/docs', '.opblock'), [])
    t.same(await complaints(origin, '/redoc', 'h1'), [])
  }
})
