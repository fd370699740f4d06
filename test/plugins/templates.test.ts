import { once } from 'node:events'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import nunjucks from 'nunjucks'
import t, { type Test } from 'tap'
import errors from '../../plugins/errors/index.ts'
import staticFiles from '../../plugins/static/index.ts'
import templates, { type TemplatesOptions } from '../../plugins/templates/index.ts'
import { bare, build } from '../helper.ts'

/** An app that renders any of these files with any data. */
async function open (t: Test, files: Readonly<Record<string, string>>, options: Partial<TemplatesOptions> = {}, server = {}) {
  const root = t.testdir()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const app = bare(t, server)
  await app.register(errors)
  await app.register(templates, { root, ...options })
  app.post<{ Params: { '*': string }, Body: Record<string, unknown> }>('/render/*', async ({ params, body }, reply) => await reply.view(params['*'], body))
  return {
    app,
    root,
    render: async (name: string, data: object = {}, headers = {}) => await app.inject({ method: 'POST', url: `/render/${name}`, payload: data, headers: { host: 'shop.example', ...headers } })
  }
}

/** The text that a template makes of some data. */
async function rendered (t: Test, text: string, data: object = {}): Promise<string> {
  const { render } = await open(t, { 'x.html': text })
  const { statusCode, body } = await render('x.html', data)
  t.equal(statusCode, 200, text)
  return body
}

t.test('a template is HTML, and everything in it is escaped as by Jinja2', async t => {
  const { render } = await open(t, { 'x.html': '{{ a }}{{ a | e }}{{ a | forceescape }}{{ a | safe }}{{ none }}{{ missing.field }}', 'x.txt': '{{ a }}' })
  const a = '<&>"\'`\\'
  const answer = await render('x.html', { a, none: null })
  t.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  const escaped = '&lt;&amp;&gt;&#34;&#39;`\\'
  t.equal(answer.body, escaped.repeat(3) + a)
  t.equal((await render('x.txt', { a })).body, escaped)
  t.equal((await render('x.html', { a: '{{ 1 + 1 }}{% include "x.html" %}' })).body.startsWith('{{ 1 + 1 }}{% include &#34;'), true)

  const { render: renderOther } = await open(t, { 'y.html': '{{ a | safe | e }}{{ none | e }}{{ none | forceescape }}' })
  t.equal((await renderOther('y.html', { a: '<', none: null })).body, '<')
})

t.test('what Python has, its templates have here', async t => {
  const data = {
    text: ' Ab cd ', list: [3, 1, 2, 1], dict: { b: 1, a: [1] }, cart: { items: ['own'], keys: 'mine' }, rows: [{ n: 1, at: { y: 5 } }, { n: 2 }], html: "</script>&'é", when: new Date(0)
  }
  const cases: ReadonlyArray<readonly [template: string, text: string]> = [
    ['{{ text.strip().upper() }}|{{ text.lstrip().lower() }}|{{ text.rstrip() }}|{{ text.strip().title() }}|{{ text.strip().capitalize() }}', 'AB CD|ab cd | Ab cd|Ab Cd|Ab cd'],
    ['{{ text.startswith(" A") }}{{ text.endswith("x") }}{{ text.replace("b", "$&") }}{{ text.length }}', 'truefalse A$&amp; cd 7'],
    ['{% for k, v in dict.items() %}{{ k }}={{ v }};{% endfor %}{{ dict.get("x", "no") }}{{ dict.keys() }}', 'b=1;a=1;nob,a'],
    ['{{ cart.items }}{{ cart.keys }}', 'ownmine'],
    ['{{ list[1:3] }}|{{ list[-1:] }}|{{ "x" if True and not False and None is none else "y" }}', '1,2|1|x'],
    ['{{ list | unique | join }}{{ ["a", "A"] | unique | join }}{{ list | max }}{{ list | min }}{{ [] | max }}{{ list | count }}{{ dict | count }}', '312a31' + '4' + '2'],
    ['{{ rows | map(attribute="n") | join(",") }};{{ rows | map(attribute="at.y", default="-") | join(",") }};{{ ["a"] | map("upper") | join }}', '1,2;5,-;A'],
    ['{{ dict | items | length }}{{ nothing | items | length }}{{ dict | attr("b") }}', '201'],
    ['{{ dict | tojson }}{{ html | tojson }}{{ [true, none, 1.5, when] | tojson }}{{ missing | tojson }}', '{"a": [1], "b": 1}"\\u003c/script\\u003e\\u0026\\u0027\\u00e9"[true, null, 1.5, "1970-01-01T00:00:00.000Z"]null'],
    ['{{ text.constructor }}{{ list.__proto__ }}{{ dict["constructor"] }}{{ cycler.prototype }}', ''],
    ['{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m("<") }}', '<i>&lt;</i>'],
    ['a\r\nb\rc\n\n', 'a\nb\nc\n']
  ]
  for (const [template, text] of cases) t.equal(await rendered(t, template, data), text, template)
})

t.test('templates extend and include others; nobody else who uses nunjucks is touched', async t => {
  const before = { lookup: (nunjucks as unknown as { runtime: { memberLookup: unknown } }).runtime.memberLookup, env: new nunjucks.Environment(null) }
  const { render } = await open(t, {
    'base.html': '<title>{% block title %}base{% endblock %}</title>{% block body %}{% endblock %}',
    'parts/row.html': '<li>{{ row.strip() }}</li>',
    'page.html': '{% extends "base.html" %}{% block title %}{{ super() }}: {{ title }}{% endblock %}{% block body %}{% for row in rows %}{% include "parts/row.html" %}{% endfor %}{% endblock %}'
  })
  t.equal((await render('page.html', { title: '"', rows: ['<', ' b '] })).body, '<title>base: &#34;</title><li>&lt;</li><li>b</li>')
  t.equal((nunjucks as unknown as { runtime: { memberLookup: unknown } }).runtime.memberLookup, before.lookup)
  t.equal(before.env.renderString('{{ a }}', { a: '"' }), '&quot;')
})

t.test('links to routes by their names', async t => {
  const { app } = await open(t, { 'x.html': '{{ url_for("item", id=id) }} {{ urlFor("item", { id: id }) }} {{ request.urlFor("home") }}' }, { rootPath: '/api' })
  app.get('/', { config: { name: 'home' } }, async request => request.urlFor('home'))
  app.get<{ Params: { id: string } }>('/items/:id', { config: { name: 'item' } }, async ({ params }, reply) => reply.view('x.html', params))
  await app.register(async child => {
    child.get('/a::b/:id(^\\d+$)-:x/*', { config: { name: 'odd' } }, async () => 'ok')
    child.get('/:id/all', { config: { name: 'item' } }, async request => request.urlFor('item', { id: 1 }))
  }, { prefix: '/child' })
  app.get('/odd', async request => request.urlFor('odd', { id: 'é', x: 'a/b?c#d&e:@', path: '/p/q r/../s' }))
  app.get('/wrong', async request => request.urlFor('item', { id: 1, other: 2 }))

  for (const prefix of ['/one', '/two']) {
    await app.register(async child => { child.get('/', { config: { name: 'twice' } }, async () => 'ok') }, { prefix })
  }
  app.get('/twice', async request => request.urlFor('twice'))

  const headers = { host: 'shop.example:8080' }
  const get = async (url: string) => (await app.inject({ url, headers })).body
  const link = 'http://shop.example:8080/api/items/a%20b%22'
  t.equal(await get('/items/a%20b%22'), `${link} ${link} http://shop.example:8080/api/`)
  t.equal(await get('/odd'), 'http://shop.example:8080/api/child/a:b/%C3%A9-a%2Fb%3Fc%23d&e:@/p/q%20r/../s')
  // Of two of one name, the one declared first, or nearest.
  t.equal(await get('/child/7/all'), 'http://shop.example:8080/api/child/1/all')

  t.equal(await get('/twice'), 'http://shop.example:8080/api/one')

  const logged = t.capture(app.log, 'error')
  t.equal(await get('/wrong'), '{"detail":"Internal Server Error"}')
  t.match(logged()[0]?.args, [{ err: { code: 'APIKIT_ERR_URL_FOR', message: 'urlFor: unknown route item(id, other). Routes: home(), item(id), item(id), odd(id, path, x), twice(), twice()' } }])
})

t.test('links know the scheme and the host behind a trusted proxy, and files that are served', async t => {
  const { app, render } = await open(t, { 'x.html': '{{ url_for("static", path="/css/a b.css") }}' }, {}, { trustProxy: true })
  await app.register(async child => { await child.register(staticFiles, { root: import.meta.dirname, prefix: '/files' }) }, { prefix: '/child' })
  t.equal((await render('x.html', {}, { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'www.example' })).body, 'https://www.example/child/files/css/a%20b.css')
})

t.test('a link has the address of the server where the request names no host, or none that is one', async t => {
  const { app } = await open(t, {}, {})
  app.get('/', { config: { name: 'home' } }, async request => request.urlFor('home'))
  t.equal((await app.inject({ url: '/', headers: { host: 'a@evil.example' } })).body, 'http://localhost/')

  const ask = async (address: string, ...hosts: readonly string[]): Promise<string> => {
    const { port } = app.server.address() as { port: number }
    const socket = connect(port, address)
    socket.end(`GET / HTTP/1.1\r\n${hosts.map(host => `Host: ${host}\r\n`).join('')}Connection: close\r\n\r\n`, 'latin1')
    let text = ''
    socket.on('data', data => { text += data })
    await once(socket, 'close')
    return text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll(String(port), 'PORT')
  }
  await app.listen({ port: 0, host: '::' })
  t.equal(await ask('127.0.0.1', 'shop.example:8080'), 'http://shop.example:8080/')
  const bad = ['evil.example/x?', 'evil.example#', 'a@evil.example', 'evil.example:80@x', 'a b', '', '"><script>', 'javascript:alert(1)//', 'evil.example\\', '[::1', 'x{{7*7}}', '\u00e4']
  for (const host of bad) t.equal(await ask('127.0.0.1', host), 'http://127.0.0.1:PORT/', JSON.stringify(host))
  t.equal(await ask('127.0.0.1', 'a.example', 'b.example'), 'http://127.0.0.1:PORT/', 'two hosts')
  t.equal(await ask('::1', 'a b'), 'http://[::1]:PORT/')
})

t.test('no name at all is known', async t => {
  const { app } = await open(t, {})
  app.get('/', async request => request.urlFor('x'))
  const logged = t.capture(app.log, 'error')
  await app.inject('/')
  t.match(logged()[0]?.args, [{ err: { message: 'urlFor: unknown route x(). Routes: none' } }])
})

t.test('filters, globals and locals of one’s own', async t => {
  const { app } = await open(t, { 'x.html': '{{ 2 | twice }}{{ brand }}{{ user }}{{ user2 }}', 'json.html': '{{ value | tojson }}' }, { filters: { twice: (value: number) => value * 2 }, globals: { brand: '<acme>' } })
  app.get('/', async (_request, reply) => {
    reply.locals.user = 'alice'
    return await reply.view('x.html', { user2: 'bob' })
  })
  app.get('/text', async (_request, reply) => await reply.viewAsync('x.html'))
  app.get('/json', async (_request, reply) => await reply.view('json.html', { value: { b: 1, c: undefined, a: new Date(0), d: null } }))
  t.equal((await app.inject('/')).body, '4&lt;acme&gt;alicebob')
  t.equal((await app.inject('/text')).body, '4&lt;acme&gt;')
  t.equal((await app.inject('/json')).body, '{"a": "1970-01-01T00:00:00.000Z", "b": 1, "d": null}')
})

t.test('a change of a file shows at once, or when the app is started anew', async t => {
  for (const [options, text] of [[{ cache: false }, 'new'], [{ cache: true }, 'old'], [{}, 'new']] as const) {
    const { render, root } = await open(t, { 'x.html': 'old' }, options)
    await render('x.html')
    writeFileSync(join(root, 'x.html'), 'new')
    t.equal((await render('x.html')).body, text)
  }
})

t.test('what goes wrong names its file and line in the log, and nothing to the client', async t => {
  const files = { 'syntax.html': 'a\nb\n{% if %}', 'runs.html': 'a\n{{ missing.call() }}', 'filter.html': '\n\n{{ 1 | nope }}', 'includes.html': '{% include "runs.html" %}' }
  const { app, render, root } = await open(t, files)
  const logged = t.capture(app.log, 'error')
  const cases = { 'syntax.html': /syntax\.html\)[^]*Line 3/, 'runs.html': /runs\.html\)[^]*Line 2/, 'filter.html': /filter\.html\)[^]*filter not found: nope/, 'includes.html': /runs\.html\)[^]*Line 2/, 'nowhere.html': /template not found: nowhere\.html/ }
  for (const [name, message] of Object.entries(cases)) {
    const { statusCode, body } = await render(name)
    t.same([statusCode, body], [500, '{"detail":"Internal Server Error"}'], name)
    const [{ err }] = logged()[0]?.args as [{ err: Error }]
    t.match(err, { code: 'APIKIT_ERR_TEMPLATE', message: 'The template cannot be rendered', cause: { message } }, name)
  }

  const plain = bare(t)
  await plain.register(templates, { root })
  plain.get('/', async (_request, reply) => await reply.view('syntax.html'))
  t.equal((await plain.inject('/')).json().message, 'The template cannot be rendered')
})

t.test('only names inside the root are templates', async t => {
  const outside = t.testdir({ 'secret.html': 'secret', root: { 'ok.html': 'ok', '.hidden.html': 'hidden', sub: {} }, 'root-of-others': { 'x.html': 'secret' } })
  const root = join(outside, 'root')
  symlinkSync(join(outside, 'secret.html'), join(root, 'link.html'))
  const app = bare(t)
  await app.register(errors)
  await app.register(templates, { root })
  app.get<{ Querystring: { name: string } }>('/', async ({ query }, reply) => await reply.view(query.name))
  app.get('/raw', async (_request, reply) => await reply.view({ raw: '{{ 1 }}' } as never))

  const body = async (name: string) => (await app.inject({ url: '/', query: { name } })).body
  t.equal(await body('ok.html'), 'ok')
  for (const name of ['../secret.html', 'sub/../../secret.html', join(outside, 'secret.html'), '../root-of-others/x.html', 'link.html', '.hidden.html', 'sub\\..\\..\\secret.html', 'ok.html\0', 'sub']) {
    t.equal(await body(name), '{"detail":"Internal Server Error"}', name)
  }
  t.equal((await app.inject('/raw')).statusCode, 500)
})

t.test('each scope has its own templates', async t => {
  const dir = t.testdir({ a: { 'x.html': 'a' }, b: { 'x.html': 'b' } })
  const app = bare(t)
  await app.register(templates, { root: join(dir, 'a') })
  await app.register(async child => {
    await child.register(templates, { root: join(dir, 'b') })
    child.get('/b', async (_request, reply) => await reply.view('x.html'))
  })
  app.get('/a', async (_request, reply) => await reply.view('x.html'))
  t.same([(await app.inject('/a')).body, (await app.inject('/b')).body], ['a', 'b'])

  const other = bare(t)
  await other.register(async child => { await child.register(templates, { root: join(dir, 'a') }) })
  t.notOk(other.hasReplyDecorator('view'))
})

t.test('wrong options are refused at registration', async t => {
  const app = bare(t)
  await t.rejects(async () => { await app.register(templates, { root: '/no/such/folder' }) }, { code: 'APIKIT_ERR_TEMPLATE_ROOT' })
  await t.rejects(async () => { await bare(t).register(templates, { dir: 'x', rootPath: 'api' } as never) }, {
    code: 'APIKIT_ERR_INVALID_OPTIONS', message: /(?=.*options\/dir: Unknown)(?=.*options\/root: )(?=.*options\/rootPath)/
  })
})

t.test('the section of the reference app', async t => {
  const app = await build(t)
  const page = await app.inject({ url: '/templates/data/a%26b', headers: { host: 'localhost:3000' } })
  t.match(page.body, 'a&amp;b')
  t.equal((await app.inject('/templates/static/styles.css')).body, 'h1 { color: green; }\n')
})

t.test('a mail is rendered by the app, and the response stays what it is', async t => {
  const app = bare(t)
  const root = t.testdir({ 'mail.html': 'Hello {{ name }}' })
  await app.register(templates, { root })
  app.post('/', async () => ({ characters: (await app.view('mail.html', { name: 'Ann & Bob' })).length }))
  t.match(await app.inject({ method: 'POST', url: '/' }), { headers: { 'content-type': /^application\/json/ }, body: '{"characters":19}' })
})
