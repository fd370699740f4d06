import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fastifyStatic from '@fastify/static'
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors, { Unauthorized } from '../../plugins/errors/index.ts'
import security from '../../plugins/security/index.ts'
import { Folder } from '../../plugins/static/folder.ts'
import staticFiles, { type StaticOptions } from '../../plugins/static/index.ts'
import { bare } from '../helper.ts'

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

function site (t: Test): string {
  const dir = t.testdir({
    'secret.txt': 'secret',
    site: {
      'index.html': '<h1>home</h1>',
      'styles.css': 'h1 { color: green }\n',
      'app.js': 'start()',
      'data.json': '{}',
      'a b%20&#?.txt': 'odd',
      'raw.bin': 'bytes',
      LICENSE: 'MIT',
      '.env': 'SECRET=1',
      '.git': { config: 'x' },
      sub: { 'hello.txt': 'hello\n', 'index.html': '<h1>sub</h1>' },
      empty: {}
    }
  })
  const root = join(dir, 'site')
  symlinkSync(join(dir, 'secret.txt'), join(root, 'leads-out.txt'))
  symlinkSync(dir, join(root, 'up'))
  symlinkSync(join(root, '.env'), join(root, 'leads-to-hidden.txt'))
  symlinkSync(join(root, 'styles.css'), join(root, 'leads-in.css'))
  symlinkSync(join(root, 'loop'), join(root, 'loop'))
  utimesSync(join(root, 'styles.css'), 1_700_000_000, 1_700_000_000)
  return root
}

async function serve (t: Test, options: Omit<StaticOptions, 'root'> & { root?: string } = {}) {
  const app = bare(t)
  await app.register(errors)
  const root = options.root ?? site(t)
  await app.register(staticFiles, { ...options, root })
  return { app, root, get: async (url: string, headers: InjectOptions['headers'] = {}) => await app.inject({ url, headers }) }
}

t.test('files are sent with their types, and with what a cache needs', async t => {
  const { app, get } = await serve(t)
  const types = {
    'styles.css': 'text/css; charset=utf-8',
    'app.js': 'text/javascript; charset=utf-8',
    'data.json': 'application/json',
    'index.html': 'text/html; charset=utf-8',
    LICENSE: 'text/plain; charset=utf-8',
    'raw.bin': 'application/octet-stream',
    'leads-in.css': 'text/css; charset=utf-8',
    'sub/hello.txt': 'text/plain; charset=utf-8',
    'a%20b%2520&%23%3F.txt': 'text/plain; charset=utf-8',
    '/styles.css': 'text/css; charset=utf-8'
  }
  for (const [path, type] of Object.entries(types)) {
    const answer = await get(`/static/${path}`)
    t.match(answer, { statusCode: 200, headers: { 'content-type': type, 'accept-ranges': 'bytes', etag: /^(W\/)?"/, 'last-modified': / GMT$/ } }, path)
  }
  t.equal((await get('/static/a%20b%2520&%23%3F.txt')).body, 'odd')

  const head = await app.inject({ method: 'HEAD', url: '/static/styles.css' })
  t.match(head, { statusCode: 200, body: '', headers: { 'content-length': '20' } })
})

t.test('who has a file is told so', async t => {
  const { get } = await serve(t)
  const { headers } = await get('/static/styles.css')
  for (const condition of [{ 'if-none-match': String(headers.etag) }, { 'if-modified-since': String(headers['last-modified']) }]) {
    const answer = await get('/static/styles.css', condition)
    t.match(answer, { statusCode: 304, body: '', headers: { etag: headers.etag, 'content-type': undefined } })
  }
  t.equal((await get('/static/styles.css', { 'if-none-match': '"other"' })).statusCode, 200)
  t.equal((await get('/static/styles.css', { 'if-match': '"other"' })).statusCode, 412)
})

t.test('a part of a file can be had, and none that is not there', async t => {
  const { get } = await serve(t)
  t.match(await get('/static/styles.css', { range: 'bytes=0-1' }), { statusCode: 206, body: 'h1', headers: { 'content-range': 'bytes 0-1/20' } })
  t.match(await get('/static/styles.css', { range: 'bytes=999-' }), { statusCode: 416, body: '', headers: { 'content-range': 'bytes */20', 'content-type': 'text/plain; charset=utf-8' } })
})

// As Starlette answers.
t.test('several parts of a file come in one answer', async t => {
  const { app, get } = await serve(t, { maxAge: 60 })
  const whole = (await get('/static/styles.css')).body
  const several = await get('/static/styles.css', { range: 'bytes=0-0,5-6' })
  const [, boundary] = /^multipart\/byteranges; boundary=(\w+)$/.exec(String(several.headers['content-type'])) ?? []
  t.equal(several.statusCode, 206)
  t.match(several.headers, { 'accept-ranges': 'bytes', etag: /"/, 'last-modified': / GMT$/, 'cache-control': 'public, max-age=60' })
  const part = (range: string, text: string) => `--${boundary}\r\nContent-Type: text/css; charset=utf-8\r\nContent-Range: bytes ${range}/20\r\n\r\n${text}\r\n`
  t.equal(several.body, `${part('0-0', whole.slice(0, 1))}${part('5-6', whole.slice(5, 7))}--${boundary}--`)
  t.equal(several.headers['content-length'], String(several.body.length))
  const head = await app.inject({ method: 'HEAD', url: '/static/styles.css', headers: { range: 'bytes=0-0,5-6' } })
  t.match(head, { statusCode: 206, body: '', headers: { 'content-length': several.headers['content-length'] } })

  t.match(await get('/static/styles.css', { range: 'bytes=0-1,1-3' }), { statusCode: 206, body: whole.slice(0, 4), headers: { 'content-range': 'bytes 0-3/20', 'content-type': 'text/css; charset=utf-8' } }, 'parts that overlap are one')
  for (const [range, words] of [['bytes=5-4', 'start must be less than end'], ['bytes=abc', 'range must be requested']] as const) {
    const refused = await get('/static/styles.css', { range })
    t.match(refused, { statusCode: 400, body: `Range header: ${words}`, headers: { 'content-type': 'text/plain; charset=utf-8' } }, range)
    for (const name of ['etag', 'last-modified', 'cache-control', 'accept-ranges']) t.equal(refused.headers[name], undefined, name)
  }
  t.match(await get('/static/styles.css', { range: 'bytes=0-1,99-' }), { statusCode: 416, body: '', headers: { 'content-range': 'bytes */20' } })
  t.match(await get('/static/styles.css', { range: `bytes=${'0-0,'.repeat(100)}1-1` }), { statusCode: 200, body: whole }, 'more than a hundred')

  const { etag, 'last-modified': modified } = (await get('/static/styles.css')).headers
  t.equal((await get('/static/styles.css', { range: 'bytes=0-1', 'if-range': String(modified) })).statusCode, 206)
  t.equal((await get('/static/styles.css', { range: 'bytes=0-1', 'if-range': 'Sat, 01 Jan 2000 00:00:00 GMT' })).statusCode, 200, 'the file has changed')
  t.equal((await get('/static/styles.css', { range: 'bytes=0-1', 'if-none-match': String(etag) })).statusCode, 304)
})

t.test('nothing hidden, nothing outside, no folder, no pipe, which nobody may ever write to', async t => {
  const { get, root } = await serve(t)
  execFileSync('mkfifo', [join(root, 'pipe')])
  const paths = [
    '', 'sub', 'sub/', 'empty', 'nope.css', 'styles.css/x', '.env', '.git/config', '%2eenv', 'sub/../.env',
    '../secret.txt', '..%2fsecret.txt', '%2e%2e/secret.txt', '%2e%2e%2fsecret.txt', 'sub/..%2f..%2fsecret.txt', '..%5csecret.txt', 'sub%5chello.txt', 'styles.css%00', '%00',
    'leads-out.txt', 'up/secret.txt', 'leads-to-hidden.txt', 'loop', 'pipe', 'x'.repeat(900)
  ]
  for (const path of paths) {
    const answer = await get(`/static/${path}`)
    t.match(answer, { statusCode: 404, body: '{"detail":"Not Found"}' }, path)
  }
  t.equal((await get('/static')).statusCode, 404)
})

t.test('files can be read and no more; a body is not', async t => {
  const { app } = await serve(t)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const answer = await app.inject({ method, url: '/static/styles.css', headers: { 'content-type': 'application/json' }, payload: '{' })
    t.match(answer, { statusCode: 405, body: '{"detail":"Method Not Allowed"}', headers: { allow: 'GET, HEAD' } }, method)
  }
})

t.test('how long a file may be kept', async t => {
  const { get } = await serve(t, { maxAge: 60, immutable: true })
  t.equal((await get('/static/styles.css')).headers['cache-control'], 'public, max-age=60, immutable')
  t.equal((await get('/static/index.html')).headers['cache-control'], 'no-cache')
})

t.test('a compressed file is sent in place of another to whoever accepts it', async t => {
  const root = site(t)
  writeFileSync(join(root, 'app.js.br'), brotliCompressSync('start()'))
  writeFileSync(join(root, 'data.json.gz'), gzipSync('{}'))
  const { get } = await serve(t, { root, precompressed: true })
  t.match(await get('/static/app.js', { 'accept-encoding': 'gzip, br' }), {
    headers: { 'content-encoding': 'br', 'content-type': 'text/javascript; charset=utf-8', vary: /accept-encoding/i }
  })
  t.match(await get('/static/data.json', { 'accept-encoding': 'gzip' }), { headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' } })
  t.match(await get('/static/app.js', { 'accept-encoding': 'br', range: 'bytes=0-1' }), { statusCode: 200, headers: { 'content-encoding': 'br', 'content-range': undefined } }, 'as a whole')
  t.match(await get('/static/app.js', { 'accept-encoding': 'gzip' }), { body: 'start()', headers: { 'content-encoding': undefined } })
})

t.test('html: a folder has an index, and a page says what is not there', async t => {
  const root = site(t)
  const { get, app } = await serve(t, { root, html: true, prefix: '/site/' })
  t.match(await get('/site/'), { statusCode: 200, body: '<h1>home</h1>' })
  t.equal((await get('/site/index.html/')).body, '<h1>home</h1>')
  t.match(await get('/site/sub/'), { statusCode: 200, body: '<h1>sub</h1>' })
  t.match(await get('/site/sub?a=b', { host: 'example.com:81' }), { statusCode: 307, headers: { location: 'http://example.com:81/site/sub/?a=b' } })
  t.match(await get('/site', { host: 'example.com' }), { statusCode: 307, headers: { location: 'http://example.com/site/' } })
  t.match(await get('/site/sub', { host: 'a b' }), { statusCode: 307, headers: { location: '/site/sub/' } })
  t.equal((await get('/site/empty/')).statusCode, 404)
  t.equal((await get('/site/nope', HTML)).body, '{"detail":"Not Found"}')
  t.equal((await app.inject({ method: 'DELETE', url: '/site/nope' })).statusCode, 405)

  writeFileSync(join(root, '404.html'), '<h1>nothing here</h1>')
  const missing = await get('/site/nope', { range: 'bytes=0-1', 'if-modified-since': 'Fri, 31 Dec 2100 23:59:59 GMT' })
  t.match(missing, { statusCode: 404, body: '<h1>nothing here</h1>', headers: { 'content-type': 'text/html; charset=utf-8' } })
})

t.test('a frontend', async t => {
  const root = site(t)
  const frontend = async (fallback?: StaticOptions['fallback'], prefix = '/') => {
    const app = bare(t)
    await app.register(errors)
    app.post('/early', async () => 'made')
    await app.register(staticFiles, { root, prefix, frontend: true, ...fallback !== undefined && { fallback }, name: 'app' })
    app.get('/api/items', async () => [])
    app.post('/api/orders', async () => 'made')
    app.get('/api/secret/*', async () => { throw new Unauthorized() })
    return { app, get: async (url: string, headers: InjectOptions['headers'] = HTML) => await app.inject({ url, headers }) }
  }

  t.test('has URLs of its own, for who wants a page', async t => {
    const { get } = await frontend()
    for (const url of ['/', '/users/7', '/users/7/', '/early/x', '/nope.js']) t.match(await get(url), { statusCode: 200, body: '<h1>home</h1>', headers: { 'cache-control': 'no-cache' } }, url)
    t.match(await get('/app.js', {}), { statusCode: 200, body: 'start()' })
    for (const accept of ['', '*/*', 'application/json', 'text/html;q=0', 'text/html; q=0.0, image/png']) t.equal((await get('/users/7', { accept })).statusCode, 404, accept)
    t.equal((await get('/users/7', { accept: 'application/xhtml+xml;q=0.1' })).statusCode, 200)
  })

  t.test('gives way to routes, to those of another method, too', async t => {
    const { app, get } = await frontend()
    t.equal((await get('/api/items')).body, '[]')
    for (const url of ['/api/orders', '/early']) t.match(await get(url), { statusCode: 405, headers: { allow: 'POST' } }, url)
    t.match(await app.inject({ method: 'DELETE', url: '/api/items' }), { statusCode: 405, headers: { allow: 'GET' } })
    t.equal((await app.inject({ method: 'POST', url: '/nope' })).statusCode, 404)
    t.equal((await app.inject({ method: 'POST', url: '/empty' })).statusCode, 404)
    for (const url of ['/app.js', '/', '/sub']) t.match(await app.inject({ method: 'POST', url }), { statusCode: 405, headers: { allow: undefined } }, url)
  })

  t.test('falls back to a file that is chosen, or to none', async t => {
    t.equal((await (await frontend('index.html')).get('/nope')).statusCode, 200)
    await t.rejects(frontend('404.html'), { code: 'APIKIT_ERR_STATIC', message: /404\.html does not exist in / })

    writeFileSync(join(root, '404.html'), '<h1>nothing here</h1>')
    for (const fallback of ['auto', '404.html'] as const) t.match(await (await frontend(fallback)).get('/nope', {}), { statusCode: 404, body: '<h1>nothing here</h1>' }, fallback)
    t.equal((await (await frontend('index.html', '/app')).get('/app/nope')).body, '<h1>home</h1>')
    const { app, get } = await frontend(null)
    t.match(await get('/nope'), { statusCode: 404, body: '{"detail":"Not Found"}' })
    t.equal((await get('/sub/')).body, '<h1>sub</h1>')
    t.equal((await app.inject({ method: 'POST', url: '/nope' })).statusCode, 404)
  })
})

t.test('another spelling of a path is no way past what is declared for it', async t => {
  const root = site(t)
  mkdirSync(join(root, 'private'))
  writeFileSync(join(root, 'private', 'x.txt'), 'private')
  const app = bare(t)
  await app.register(errors)
  await app.register(async scope => {
    scope.get('/static/private/*', async () => { throw new Unauthorized() })
    await scope.register(staticFiles, { root })
  }, { prefix: '/:tenant' })

  t.equal((await app.inject('/acme/static/styles.css')).statusCode, 200)
  t.equal((await app.inject('/acme/static//styles.css')).statusCode, 200)
  t.equal((await app.inject('/acme/static/private/x.txt')).statusCode, 401)
  for (const path of ['/private/x.txt', '%2Fprivate/x.txt', 'private%2Fx.txt', '//private//x.txt', '%70rivate%2fx.txt', './private/x.txt', '%2e/private/x.txt']) {
    const { statusCode, body } = await app.inject(`/acme/static/${path}`)
    t.ok(statusCode === 401 || statusCode === 404, `${path}: ${statusCode}`)
    t.not(body, 'private')
  }
})

t.test('what routes depend on is asked of a frontend, and not of other files; the document knows of neither', async t => {
  const app = bare(t)
  const root = site(t)
  await app.register(errors)
  await app.register(dependencies)
  await app.register(docs)
  app.depends([dependency({}, () => { throw new Unauthorized() })])
  await app.register(staticFiles, { root })
  await app.register(staticFiles, { root, prefix: '/app', name: 'app', frontend: true })
  t.equal((await app.inject('/static/styles.css')).statusCode, 200)
  t.equal((await app.inject('/app/styles.css')).statusCode, 401)
  t.same((await app.inject('/openapi.json')).json().paths, {})
})

t.test('several folders, in their own scopes, beside @fastify/static, and without `errors`', async t => {
  const app = bare(t)
  const root = site(t)
  await app.register(fastifyStatic, { root: join(root, 'sub'), prefix: '/theirs' })
  await app.register(staticFiles, { root, name: 'one', prefix: '/one' })
  await app.register(async child => { await child.register(staticFiles, { root: join(root, 'sub'), prefix: '/two' }) }, { prefix: '/child' })
  const bodies = await Promise.all(['/theirs/hello.txt', '/one/sub/hello.txt', '/child/two/hello.txt'].map(async url => (await app.inject(url)).body))
  t.same(bodies, ['hello\n', 'hello\n', 'hello\n'])
  t.equal((await app.inject('/two/hello.txt')).statusCode, 404)
  t.equal((await app.inject({ method: 'POST', url: '/one/sub/hello.txt' })).statusCode, 405)
})

t.test('a folder that is not there is refused, or may come later', async t => {
  const root = join(t.testdir(), 'later')
  await t.rejects(serve(t, { root }), { code: 'APIKIT_ERR_STATIC', message: `fastify-apikit/static: root must be an existing folder, got ${root}. Create it, or set checkRoot: false` })

  const { get } = await serve(t, { root, checkRoot: false })
  t.equal((await get('/static/a.txt')).statusCode, 404)
  mkdirSync(root)
  writeFileSync(join(root, 'a.txt'), 'late')
  t.equal((await get('/static/a.txt')).body, 'late')
})

t.test('what the disk cannot even be asked is a failure of ours, not a file that is not there', async t => {
  await t.rejects(new Folder('/srv\0').find('a.txt'), { code: 'ERR_INVALID_ARG_VALUE' })
})

t.test('a fallback without a frontend is a mistake', async t => {
  await t.rejects(serve(t, { fallback: 'index.html' }), { code: 'APIKIT_ERR_STATIC', message: /fallback needs frontend: true/ })
})

t.test('wrong options are refused, all of them in one error', async t => {
  await t.rejects(serve(t, { prefix: 'static', fallback: 'x', index: true } as object), {
    code: 'APIKIT_ERR_INVALID_OPTIONS', message: /(?=.*options\/index: Unknown)(?=.*options\/prefix)(?=.*options\/fallback)/
  })
})

t.test('a guard that denies by default is told by `public` who may read the files', async t => {
  for (const [isPublic, status] of [[true, 200], [undefined, 0]] as const) {
    const app = bare(t)
    await app.register(security)
    app.guard({ default: 'deny' })
    await app.register(staticFiles, { root: site(t), prefix: '/static', ...isPublic !== undefined && { public: isPublic } })
    const answer = await app.inject('/static/styles.css').then(({ statusCode }) => statusCode, (error: Error) => error.message)
    if (status === 0) t.match(answer, /is not protected/)
    else t.equal(answer, status)
  }
})
