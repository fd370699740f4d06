import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { candidates, findApp } from './apps.ts'
import { compare } from './compare.ts'
import { BIG_INTEGERS, CUT_MULTIPART, departsByAnswer, departsByRequest, FAILED_FIRST, HEAD_OPTIONS, INVALID_DEFAULT, isSameInstant, NO_CONTENT, OFFSETS, PLAIN_500, SECRET_INPUT, SECURITY_FIRST, TRIMMED_HEADERS } from './departures.ts'
import type { Answer } from './exchange.ts'
import { diffJson } from './json-diff.ts'
import { comparable, setsOf } from './openapi-document.ts'
import { play } from './runner.ts'
import type { Expectation, FileStep, Frame, Header, HttpStep, Scenario, Step } from './scenarios.ts'

const JSON_TYPE: Header = ['content-type', 'application/json']

function step (expect: Partial<Expectation>, rest: Partial<HttpStep> = {}): HttpStep {
  return { type: 'http', method: 'GET', path: '/', query: '', headers: [['host', 'testserver']], body: null, ...rest, expect: { status: 200, headers: [], ...expect } }
}

function answer (body: unknown, headers: readonly Header[] = [JSON_TYPE], status = 200): Answer {
  return { status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

/** The places where an answer differs from a step. */
function places (of: HttpStep, got: Answer): string[] {
  return compare(of, got).differences.map(({ at }) => at)
}

t.test('JSON is compared deeply, objects without order', async t => {
  t.same(diffJson({ a: 1, b: [1.0, null] }, { b: [1, null], a: 1 }), [])
  t.same(diffJson({ a: [1, { 'b/c': 2 }] }, { a: [1, { 'b/c': 3 }] }), [{ at: '/a/1/b~1c', expected: 2, got: 3 }])
  t.same(diffJson({ a: 1 }, {}), [{ at: '/a', expected: 1, got: undefined }])
  t.same(diffJson({}, { toString: 1 }), [{ at: '/toString', expected: undefined, got: 1 }])
  t.same(diffJson([1], [1, 2]), [{ at: '', expected: [1], got: [1, 2] }])
  t.same(diffJson(0, -0), [])
})

t.test('a pointer that is ignored is not looked at, and a set has no order', async t => {
  t.same(diffJson({ token: 'a', b: 1 }, { token: 'x', b: 1 }, { ignore: ['/token'] }), [])
  t.same(diffJson({ token: 'a' }, {}, { ignore: ['/token'] }), [])
  t.same(diffJson({ tags: ['a', 'b'] }, { tags: ['b', 'a'] }, { unordered: ['/tags'] }), [])
  t.same(diffJson({ tags: ['a', 'b'] }, { tags: ['b', 'a'] }).length, 2)
  t.same(diffJson({ tags: ['a', 'b'] }, { tags: ['a', 'a'] }, { unordered: ['/tags'] }).length, 1)
  t.same(diffJson({ x: { tags: ['a', 'b'] } }, { x: { tags: ['b', 'a'] } }, { sets: new Set(['tags']) }), [])
  t.same(setsOf({ components: { schemas: { Item: { properties: { tags: { type: 'array', uniqueItems: true }, list: { type: 'array' } } } } } }), new Set(['tags']))
  t.same(diffJson([{ a: 1, b: 2 }, {}], [{}, { b: 2, a: 1 }], { unordered: [''] }), [])
})

t.test('of the headers those are compared that a client looks at', async t => {
  const cases: Array<[expected: Header[], got: Header[], places: string[]]> = [
    [[['date', 'x']], [['server', 'y'], ['content-length', '9']], []],
    [[['x-error', 'a']], [['x-error', 'b']], ['header x-error']],
    [[['x-error', 'a']], [], ['header x-error']],
    [[], [['x-powered-by', 'me']], ['header x-powered-by']],
    [[['content-type', 'text/plain;charset=UTF-8']], [['content-type', 'text/plain; charset=utf-8']], []],
    [[['content-type', 'application/json']], [['content-type', 'application/json; charset=utf-8']], ['header content-type']],
    [[['allow', 'GET, POST']], [['allow', 'POST, GET']], []],
    [[['allow', 'GET']], [['allow', 'GET, HEAD']], ['header allow']],
    [[['set-cookie', 'a=b; Path=/; SameSite=lax']], [['set-cookie', 'a=b; samesite=Lax; path=/']], []],
    [[['set-cookie', 'a=b; Path=/']], [['set-cookie', 'a=c; Path=/']], ['header set-cookie']],
    [[['set-cookie', 'a=1'], ['set-cookie', 'b=2']], [['set-cookie', 'b=2'], ['set-cookie', 'a=1']], []],
    [[['x-process-time', '0.000412']], [['x-process-time', '0.5']], []],
    [[['x-process-time', '0.000412']], [['x-process-time', '5ms']], ['header x-process-time']],
    [[['x-process-time', '0.000412']], [], ['header x-process-time']],
    [[['vary', 'Origin']], [['vary', 'Accept-Encoding']], ['header vary']]
  ]
  for (const [expected, got, differing] of cases) {
    t.same(places(step({ headers: expected, body: { text: '' } }), answer('', got)), differing, JSON.stringify([expected, got]))
  }
  t.same(places(step({ headers: [['x-a', '1']], body: { text: '' } }, { ignore_headers: ['X-A'] }), answer('', [])), [])
})

t.test('a body is compared as JSON, else byte for byte', async t => {
  const json = step({ headers: [JSON_TYPE], json: { a: 1 } })
  t.same(places(json, answer('{ "a": 1.0 }')), [])
  t.same(places(json, answer({ a: 2 })), ['/a'])
  t.same(places(json, answer('nothing')), ['body'])
  t.same(places(json, answer({ a: 1 }, [JSON_TYPE], 201)), ['status'])
  t.same(places(step({ body: { text: 'é' } }), answer('é', [])), [])
  t.same(places(step({ body: { text: 'a\n' } }), answer('a', [])), ['body'])
  t.same(places(step({ body: { base64: 'AAE=' } }), answer('\0\u0001', [])), [])
  t.same(places(step({ body: { base64: 'AAE=' } }), answer('\0', [])), ['body'])
  t.same(places(step({}, { method: 'HEAD' }), answer('', [])), [])
})

t.test('what says nothing is left out: a body that changes, the pages of the docs', async t => {
  t.same(places(step({ json: 1 }, { deterministic: false }), answer('2')), [])
  t.same(places(step({ json: 1 }, { deterministic: false }), answer('2', [], 404)), ['status'])
  const page = step({ headers: [['content-type', 'text/html; charset=utf-8']], body: { text: '<script>SwaggerUIBundle({})</script>' } })
  t.same(places(page, answer('<p>ours</p>', [['content-type', 'text/html; charset=utf-8'], ['x-other', 'y']])), [])
  t.same(places(page, answer('{}')), ['header content-type'])
})

t.test('an OpenAPI document is compared without derived names, and told when it is equal to the last', async t => {
  const document = (title: string, description: string) => ({
    openapi: '3.1.0',
    info: { title, version: '1' },
    paths: { '/': { get: { summary: title, operationId: title, responses: { 200: { description, content: { 'application/json': { schema: { title, properties: { title: { type: 'string', title } } } } } } } } } }
  })
  const recorded = step({ headers: [JSON_TYPE], json: document('A', 'Successful Response') })
  t.match(compare(recorded, answer(document('A', 'Successful Response'))), { differences: [], isStrict: true })
  t.match(compare(recorded, answer(document('B', 'OK'))), { differences: [], isStrict: false })
  t.same(places(recorded, answer(document('A', 'The thing'))), ['/paths/~1/get/responses/200/description'])
  t.same(comparable({ properties: { title: { title: 'Title', default: { title: 'x' } } } }), { properties: { title: { default: { title: 'x' } } } })
  t.same(comparable({ properties: { default: { title: 'Default', type: 'string' } } }), { properties: { default: { type: 'string' } } })
  t.same(comparable({ description: 'Not Found', examples: [{ title: 'x' }] }), { description: 'Not Found', examples: [{ title: 'x' }] })
})

t.test('departures are told from failures, by rule', async t => {
  const plain500 = step({ status: 500, headers: [['content-type', 'text/plain; charset=utf-8']], body: { text: 'Internal Server Error' } })
  const rule = (of: HttpStep, got: Answer) => departsByAnswer(of, got, compare(of, got).differences)

  t.equal(departsByRequest(step({ status: 405 }, { method: 'HEAD' })), HEAD_OPTIONS)
  t.equal(departsByRequest(step({ status: 405 }, { method: 'DELETE' })), undefined)

  t.equal(rule(plain500, answer({ detail: 'Internal Server Error' }, [JSON_TYPE], 500)), PLAIN_500)
  t.equal(rule(plain500, answer({ detail: 'boom' }, [JSON_TYPE], 500)), undefined)
  t.equal(rule(plain500, answer({ detail: 'Internal Server Error' }, [JSON_TYPE], 400)), undefined)
  t.equal(rule(plain500, answer({ detail: 'Internal Server Error' }, [JSON_TYPE, ['x-a', '1']], 500)), undefined)

  const none = step({ status: 204, headers: [['content-type', 'text/plain; charset=utf-8']], body: { text: 'No Content' } })
  t.equal(rule(none, answer('', [], 204)), NO_CONTENT)
  t.equal(rule(none, answer('', [['x-a', '1']], 204)), undefined)
  t.equal(rule(none, answer('', [], 200)), undefined)

  const dated = step({ headers: [JSON_TYPE], json: { at: '2026-01-02T03:04:05+02:00', b: 1 } })
  t.equal(rule(dated, answer({ at: '2026-01-02T01:04:05.000Z', b: 1 })), OFFSETS)
  t.equal(rule(dated, answer({ at: '2026-01-02T01:04:05.000Z', b: 2 })), undefined)

  const big = step({ headers: [JSON_TYPE], json: { n: 1 } }, { query: 'n=9007199254740993' })
  const tooBig = { detail: [{ type: 'int_parsing_size', loc: ['query', 'n'] }] }
  t.equal(rule(big, answer(tooBig, [JSON_TYPE], 422)), BIG_INTEGERS)
  t.equal(rule(step({ headers: [JSON_TYPE], json: { n: 1 } }, { query: 'n=7' }), answer(tooBig, [JSON_TYPE], 422)), undefined)
  t.equal(rule(step({ json: 1 }, { body: { text: '{"n":9007199254740993}' } }), answer(tooBig, [JSON_TYPE], 422)), BIG_INTEGERS)
  t.equal(rule(big, answer({ detail: [{ type: 'int_parsing', loc: ['query', 'n'] }] }, [JSON_TYPE], 422)), undefined)
  t.equal(rule(big, answer({ detail: [...tooBig.detail, { type: 'missing', loc: ['query', 'm'] }] }, [JSON_TYPE], 422)), undefined, 'with another issue')

  const cut = (text: string) => step({ status: 422, headers: [JSON_TYPE], json: {} }, { headers: [['content-type', 'multipart/form-data; boundary=q']], body: { text } })
  for (const [text, isCut] of [['--q\r\n', true], ['-', true], ['\n', true], ['--q--\r\n', false], ['x', false]] as const) {
    t.equal(rule(cut(text), answer({ detail: 'Invalid multipart data.' }, [JSON_TYPE], 400)), isCut ? CUT_MULTIPART : undefined, JSON.stringify(text))
  }

  const shown = (loc: string[], input: unknown, got: object) => rule(step({ status: 422, headers: [JSON_TYPE], json: { detail: [{ loc, input }] } }), answer({ detail: [{ loc, ...got }] }, [JSON_TYPE], 422))
  const stars = '**********'
  t.equal(shown(['header', 'q'], { cookie: 'a=1', b: 1 }, { input: { cookie: stars, b: 1 } }), SECRET_INPUT)
  t.equal(shown(['header', 'cookie'], 'a=1', {}), SECRET_INPUT)
  t.equal(shown(['body', 'q'], { password: 'x' }, { input: { password: stars } }), SECRET_INPUT)
  t.equal(shown(['body', 'q'], 'password=x', {}), SECRET_INPUT, 'a text that names a secret')
  t.equal(shown(['body', 'q'], 'x', {}), undefined, 'what is no secret')
  t.equal(shown(['query', 'q'], { cookie: 'a=1' }, { input: { cookie: stars } }), undefined, 'another place than a header')
  t.equal(shown(['header', 'q'], { b: 'a=1' }, { input: { b: stars } }), undefined, 'another header')
  t.equal(shown(['header', 'q'], { cookie: 'a=1', b: 1 }, { input: { cookie: stars } }), undefined, 'a value beside it')
  t.equal(shown(['header', 'q'], { cookie: 'a=1' }, { input: { cookie: 'a=2' } }), undefined, 'another value')
  t.equal(shown(['header', 'q'], { cookie: 1 }, { input: { cookie: stars } }), undefined, 'what was not sent as text')

  const first = (got: Answer, body = '', exception: object = { server_exception: 'ValueError' }) => rule(step({ headers: [['content-type', 'application/jsonl']], body: { text: body } }, exception), got)
  const failed = answer({ detail: 'Internal Server Error' }, [JSON_TYPE], 500)
  t.equal(first(failed), FAILED_FIRST)
  t.equal(first(failed, '1\n'), undefined, 'an item has been sent')
  t.equal(first(failed, '', {}), undefined)
  t.equal(first(answer({ detail: 'other' }, [JSON_TYPE], 500)), undefined)

  const unsent = (query: string, got: Answer, input: unknown = 'x') => rule(step({ status: 422, headers: [JSON_TYPE], json: { detail: [{ loc: ['query', 'b'], input }] } }, { query }), got)
  t.equal(unsent('a=1', answer([1, 'x'])), INVALID_DEFAULT)
  t.equal(unsent('b=x', answer([1, 'x'])), undefined, 'what was sent')
  t.equal(unsent('', answer([1, 'x']), null), undefined, 'what is missing')
  t.equal(unsent('', answer({}, [JSON_TYPE], 500)), undefined)

  const invalid = step({ status: 422, headers: [JSON_TYPE], json: { detail: [{ type: 'json_invalid' }] } })
  t.equal(rule(invalid, answer({ detail: 'Not authenticated' }, [JSON_TYPE], 401)), SECURITY_FIRST)
  t.equal(rule(invalid, answer({}, [JSON_TYPE], 404)), undefined)

  const blank = step({ headers: [JSON_TYPE], json: { header: 'Bearer ', b: 1 } }, { headers: [['authorization', 'Bearer ']] })
  t.equal(rule(blank, answer({ header: 'Bearer', b: 1 })), TRIMMED_HEADERS)
  t.equal(rule(blank, answer({ header: 'Basic', b: 1 })), undefined)
  t.equal(rule(blank, answer({ header: 'Bearer', b: 2 })), undefined)
})

t.test('two texts of one instant are the same to the millisecond', async t => {
  for (const [a, b, same] of [
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z', true], ['2026-01-02T03:04:05', '2026-01-02T03:04:05Z', true],
    ['2026-01-02T03:04:05.000600', '2026-01-02T03:04:05.000Z', true], ['2026-01-02T03:04:05.001600', '2026-01-02T03:04:05.000Z', false],
    ['2026-01-02T03:04:05+01:00', '2026-01-02T03:04:05Z', false], ['2026-01-02', '2026-01-02T00:00:00Z', false], ['x', 'x', false]
  ] as const) t.equal(isSameInstant(a, b), same, `${a} ${b}`)
})

t.test('an app is found by the name of its module', async t => {
  t.same(candidates('docs_src.query_params.tutorial001_py310:app'), [
    'query_params/tutorial001_py310.app', 'query_params/tutorial001_py310', 'query_params/tutorial001.app', 'query_params/tutorial001'
  ])
  t.ok(candidates('docs_src.body.tutorial001_an_py310:app').includes('body/tutorial001'))
  t.ok(candidates('docs_src.bigger_applications.app_an_py310.main:app').includes('bigger_applications/app/main'))
  t.ok(candidates('docs_src.settings.app01.main:app').includes('settings/app01'))
  t.ok(candidates('docs_src.dependencies.tutorial001_02_an:app').includes('dependencies/tutorial001_02'))
  t.same(candidates('tests.test_x.test_y:app_default'), ['tests/test_x/test_y.app_default', 'tests/test_x/test_y'])
  t.same(candidates('seed.hosts.cors'), ['seed/hosts.cors'])
  t.same(candidates('tests.test_x#test_y'), ['tests/test_x.test_y.app', 'tests/test_x.test_y'])

  const dir = t.testdir({ seed: { 'hosts.cors.ts': '', 'path.ts': '' } })
  t.equal(findApp('seed.hosts.cors', dir)?.path, join(dir, 'seed', 'hosts.cors.ts'))
  t.equal(findApp('seed.path', dir)?.path, join(dir, 'seed', 'path.ts'))
  t.match(findApp('seed.query', dir)?.path, /routes\/query$/)
  t.equal(findApp('seed.query.other', dir), undefined)
  t.equal(findApp('docs_src.x.y:app', dir), undefined)
})

// An app of another folder, which knows the package by its name only.
const APP = `
import { writeFileSync } from 'node:fs'
import Fastify from 'fastify'
import errors, { HttpError } from 'fastify-apikit/errors'
import { Uuid } from 'fastify-apikit/types'

export default async options => {
  const app = Fastify(options)
  await app.register(errors)
  let calls = 0
  app.get('/calls', async () => ({ calls: ++calls, overrides: options.overrides }))
  app.get('/seen', async ({ raw, protocol, ip }) => ({ headers: raw.rawHeaders, protocol, ip }))
  app.post('/length', async ({ headers }) => ({ length: headers['content-length'] }))
  app.post('/token', async () => ({ access_token: 'abc' }))
  app.get('/me', async ({ headers }) => ({ authorization: headers.authorization }))
  app.get('/teapot', async () => { throw new HttpError(418, Uuid().format) })
  app.get('/file', async () => { setTimeout(() => writeFileSync('log.txt', 'done'), 5); return 1 })
  return app
}
`

/** A step of the app below, whatever content type its JSON has. */
function seen (json: unknown, rest: Partial<HttpStep>): HttpStep {
  return step({ json }, { ignore_headers: ['content-type'], ...rest })
}

function folder (t: Test): string {
  return t.testdir({ demo: { 'one.ts': APP, 'broken.ts': 'export default 5', 'dead.ts': 'export default async () => { throw new Error("no port") }' } })
}

function scenario (module: string, ...steps: Step[]): Scenario {
  return { app: `docs_src.demo.${module}_py310:app`, steps }
}

t.test('a scenario is played against one fresh app', async t => {
  const dir = folder(t)
  const file: FileStep = { type: 'file', path: 'log.txt', expect: { text: 'done' } }
  const steps: Step[] = [
    seen({ calls: 1, overrides: false }, { path: '/calls' }),
    seen({ calls: 2, overrides: false }, { path: '/calls' }),
    seen({ calls: 1, overrides: true }, { path: '/calls', overrides: true }),
    seen({ headers: ['host', 'testserver', 'x-a', '1', 'x-a', '2', 'cookie', 'a=1', 'cookie', 'b=2'], protocol: 'http' }, {
      path: '/seen', ignore: ['/ip'], headers: [['host', 'testserver'], ['x-a', '1'], ['x-a', '2'], ['cookie', 'a=1'], ['cookie', 'b=2']]
    }),
    seen({ headers: ['host', 'h', 'accept', '*/*', 'accept-encoding', 'gzip, deflate', 'connection', 'keep-alive', 'user-agent', 'testclient'], protocol: 'http', ip: 'testclient' }, {
      path: '/seen', headers: [['host', 'h']]
    }),
    seen({ protocol: 'https' }, { path: '/seen', scheme: 'https', ignore: ['/headers', '/ip'] }),
    seen({ length: '0' }, { path: '/length', method: 'POST' }),
    seen({ length: '2' }, { path: '/length', method: 'POST', headers: [['host', 'h'], ['content-type', 'application/json']], body: { text: '{}' } }),
    seen({ access_token: '' }, { path: '/token', method: 'POST', save: 'me', ignore: ['/access_token'] }),
    seen({ authorization: 'Bearer abc' }, { path: '/me', headers: [['host', 'h'], ['authorization', 'Bearer old']], use: 'me' }),
    step({ status: 418, headers: [JSON_TYPE], json: { detail: 'uuid' } }, { path: '/teapot' }),
    step({}, { path: '/file', deterministic: false }),
    file
  ]
  t.same((await play(scenario('one', ...steps), dir)).filter(({ outcome }) => outcome !== 'passed'), [])
  t.match(await play(scenario('one', seen({ calls: 1, overrides: false }, { path: '/calls' })), dir), [{ outcome: 'passed' }], 'nothing is left of the last one')
})

t.test('what cannot be played is skipped or failed, with the reason', async t => {
  const dir = folder(t)
  const cwd = process.cwd()
  const one = step({ json: 1 })
  t.match(await play(scenario('none', one), dir), [{ step: 'GET /', outcome: 'skipped', reason: 'no app' }])
  t.match(await play(scenario('broken', one), dir), [{ outcome: 'failed', reason: /no function as its default export/ }])
  t.match(await play(scenario('dead', one, one), dir), [{ outcome: 'failed', reason: 'the app does not start: no port' }, { outcome: 'failed' }])
  t.match(await play(scenario('one', { type: 'websocket', path: '/ws' }), dir), [{ step: 'websocket /ws', outcome: 'failed', reason: 'the app has no WebSockets' }])
  t.match(await play(scenario('one', step({ json: 1 }, { method: 'NO', path: '/calls' })), dir), [{ outcome: 'failed' }])
  t.equal(process.cwd(), cwd)
})

t.test('what is broken off is told from what ends', async t => {
  const dir = t.testdir({
    demo: {
      'one.ts': `
import { setTimeout } from 'node:timers/promises'
import Fastify from 'fastify'
export default async options => {
  const app = Fastify(options)
  app.get('/cut', async (_request, reply) => {
    reply.hijack()
    reply.raw.write('one')
    await setTimeout(20)
    reply.raw.destroy()
  })
  app.get('/gone', async (_request, reply) => { reply.hijack().raw.destroy() })
  app.get('/whole', async () => 'one')
  return app
}`
    }
  })
  const one = async (path: string, rest: Partial<HttpStep>, headers: Header[] = []) => (await play(scenario('one', step({ headers, body: { text: 'one' } }, { path, ignore_headers: ['content-type'], ...rest })), dir))[0]
  const failing = { server_exception: 'RuntimeError' }
  t.match(await one('/cut', failing), { outcome: 'passed' })
  t.match(await one('/cut', {}), { outcome: 'failed', differences: [{ at: 'broken off', expected: false, got: true }] })
  t.match(await one('/whole', failing), { outcome: 'failed', differences: [{ at: 'broken off', expected: true, got: false }] })
  t.match(await one('/whole', failing, [['content-length', '3']]), { outcome: 'passed' }, 'what fails behind the answer')
  t.match(await one('/gone', {}), { outcome: 'failed', reason: 'socket hang up' })
})

t.test('frames of a WebSocket are compared, and a refused handshake', async t => {
  const apps = join(import.meta.dirname, 'apps')
  const frames = async (path: string, ...frames: readonly Frame[]) => {
    const [result] = await play({ app: 'docs_src.websockets_.tutorial002:app', steps: [{ type: 'websocket', path, query: 'token=x', frames }] }, apps)
    return result
  }
  const accept = { dir: 's2c', accept: true } as const
  const path = '/items/foo/ws'
  t.match(await frames(path, accept, { dir: 'c2s', text: 'a' }, { dir: 's2c', text: 'Session cookie or query token value is: x' }, { dir: 'c2s', close: 1000 }), { outcome: 'passed' })
  t.match(await frames(path, accept, { dir: 'c2s', text: 'a' }, { dir: 's2c', text: 'b' }), { outcome: 'failed', differences: [{ at: 'frame 2', expected: 'b' }] })
  t.match(await frames(path, { dir: 's2c', close: 1008 }), { outcome: 'failed', differences: [{ at: 'handshake', got: 'accepted' }] })
  t.match(await frames('/nowhere', { dir: 's2c', close: 1000 }), { outcome: 'passed' })
  t.match(await frames('/nowhere', accept), { outcome: 'failed', differences: [{ at: 'handshake', got: { status: 404 } }] })
})

t.test('sockets that were open at the same time are played together', async t => {
  const apps = join(import.meta.dirname, 'apps')
  const accept = { dir: 's2c', accept: true } as const
  const one = (left: string) => [accept, { dir: 'c2s', text: 'hi' }, { dir: 's2c', text: 'You wrote: hi' }, { dir: 's2c', text: 'Client #1 says: hi' }, { dir: 's2c', text: left }] as const
  const two = [accept, { dir: 's2c', text: 'Client #1 says: hi' }, { dir: 'c2s', close: 1000 }] as const
  const talk = async (left: string) => await play({
    app: 'docs_src.websockets_.tutorial003:app', steps: [{ type: 'websocket', path: '/ws/1', frames: one(left) }, { type: 'websocket', path: '/ws/2', frames: two }]
  }, apps)
  t.match(await talk('Client #2 left the chat'), [{ outcome: 'passed' }, { outcome: 'passed' }])
  t.match(await talk('other'), [{ step: 'websocket /ws/1', outcome: 'failed', differences: [{ at: 'frame 4', expected: 'other', got: 'Client #2 left the chat' }] }, { outcome: 'passed' }])
})

t.test('the command line says what passed, failed and was skipped', async t => {
  const dir = folder(t)
  const file = (name: string, ...scenarios: Scenario[]): string => {
    writeFileSync(join(dir, name), scenarios.map(scenario => JSON.stringify(scenario)).join('\n') + '\n')
    return join(dir, name)
  }
  const good = seen({ calls: 1, overrides: false }, { path: '/calls' })
  const bad = seen({ calls: 9, overrides: false }, { path: '/calls' })
  const mixed = file('mixed.jsonl', scenario('one', good, bad), scenario('none', good))
  const right = file('right.jsonl', scenario('one', good))

  const run = (...args: string[]) => {
    // Without tap's environment: this is about the command, not about what it covers.
    const command = [join(import.meta.dirname, 'cli.ts'), '--apps', dir, ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env: { PATH: process.env.PATH, _TAPJS_PROCESSINFO_COVERAGE_: '0' } })
    return { status, stderr, lines: stdout.trimEnd().split('\n') }
  }

  const report = join(dir, 'report.json')
  const both = run('--scenarios', mixed, '--scenarios', right, '--json', report)
  t.equal(both.status, 1)
  t.match(both.lines[0], /^FAIL docs_src\.demo\.one_py310:app +2 passed, 1 failed, 0 skipped$/)
  t.match(both.lines.slice(1, 4), [/GET \/calls/, /\/calls: expected 9, got 2/, /^skip docs_src\.demo\.none_py310:app +0 passed, 0 failed, 1 skipped \(1 no app\)$/])
  t.equal(both.lines.at(-1), '2 passed, 1 failed, 1 skipped')
  t.match(JSON.parse(readFileSync(report, 'utf8')), {
    passed: 2, failed: 1, skipped: 1, rules: { 'no app': 1 }, apps: [{ app: 'docs_src.demo.one_py310:app', passed: 2 }, { skipped: 1 }]
  })

  const only = run('--scenarios', mixed, '--only', 'docs_src.demo.none*')
  t.equal(only.status, 0)
  t.equal(only.lines.at(-1), '0 passed, 0 failed, 1 skipped')
  t.match(run('--scenarios', right), { status: 0, lines: [/^ok {3}docs_src/] })
  t.match(run('--scenarios', right, '--only', 'nothing'), { status: 1, stderr: /No scenario to play/ })
})
