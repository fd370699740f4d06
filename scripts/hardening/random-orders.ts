/**
 * The same routes and requests in an app whose plugins are registered in a random order: each request is answered alike,
 * or the app does not start.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type InjectOptions } from 'fastify'
import cors from '../../plugins/cors/index.ts'
import db, { column, SerializationFailure, sessionOf, table } from '../../plugins/db/index.ts'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import docs from '../../plugins/docs/index.ts'
import errors, { Conflict, NotFound } from '../../plugins/errors/index.ts'
import forms from '../../plugins/forms/index.ts'
import jwt from '../../plugins/jwt/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import responses, { html, jsonLines, redirect, setCookie, sse, stream, text } from '../../plugins/responses/index.ts'
import security, { apiKey, httpBearer } from '../../plugins/security/index.ts'
import staticFiles from '../../plugins/static/index.ts'
import tasks, { background } from '../../plugins/tasks/index.ts'
import templates from '../../plugins/templates/index.ts'
import timing from '../../plugins/timing/index.ts'
import trustedHost from '../../plugins/trusted-host/index.ts'
import { DateTime, Embed, File, Form, SetOf } from '../../plugins/types/index.ts'
import validation from '../../plugins/validation/index.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'routes')
const users = table('users', { id: column.id(), email: column.text({ unique: true }) })
const session = sessionOf([users])

/** In an order that works. */
const PLUGINS: ReadonlyArray<readonly [name: string, plugin: FastifyPluginAsync<never>, options?: object]> = [
  ['errors', errors],
  ['trusted-host', trustedHost, { allowedHosts: ['localhost'] }],
  ['timing', timing],
  ['cors', cors, { allowOrigins: ['https://a.example'] }],
  ['dependencies', dependencies],
  ['security', security],
  ['forms', forms],
  ['validation', validation],
  ['db', db, { url: 'sqlite::memory:', tables: [users] }],
  ['response-model', responseModel],
  ['responses', responses],
  ['tasks', tasks],
  ['jwt', jwt, { secret: randomBytes(32).toString('hex') }],
  ['docs', docs],
  ['templates', templates, { root: FOLDER }],
  ['static', staticFiles, { root: FOLDER, prefix: '/files' }]
]

export const PLUGIN_NAMES: readonly string[] = PLUGINS.map(([name]) => name)

const bearer = httpBearer()
const page = dependency({ query: Type.Object({ skip: Type.Integer({ default: 0 }) }) }, ({ query }) => query.skip)
const Item = Type.Object({ name: Type.String({ minLength: 1 }), at: DateTime(), tags: SetOf(Type.String()) }, { title: 'Item' })
const at = '2026-01-02T03:04:05Z'

/** Declares what needs only some of the plugins where those are there. */
function declare (app: FastifyInstance, has: (...names: string[]) => boolean): void {
  const router = app.withTypeProvider<TypeBoxTypeProvider>()
  router.get('/plain', async () => ({ a: 1 }))
  router.get('/fails', async () => { throw new Error('secret') })
  router.get('/conflict', async (_request, reply) => {
    reply.header('x-lost', '1')
    throw new Conflict('no')
  })
  if (has('validation', 'response-model')) {
    router.post('/items/:id', { schema: { params: Type.Object({ id: Type.Integer() }), querystring: Type.Object({ q: Type.Optional(Type.String()) }), body: Item, response: { 200: Item } } }, async ({ body }) => body)
    router.post('/embedded', { schema: { body: Embed({ a: Type.Integer(), b: Type.String() }) } }, async ({ body }) => body)
    router.get('/cookies', { schema: { cookies: Type.Object({ a: Type.String() }) } }, async ({ cookieParams }) => cookieParams)
    router.get('/nothing', { schema: { response: { 200: Item } } }, async () => {})
    router.get('/string', { schema: { response: { 200: Type.String() } } }, async () => 'text')
    router.get('/undeclared', { schema: { response: { 200: Item } } }, async (_request, reply) => reply.code(202 as never).send({ secret: 1 } as never))
    router.get('/leak', { config: { response: { exclude: ['password'] } }, schema: { response: { 200: Type.Object({ name: Type.String(), password: Type.String() }) } } }, async () => ({ name: 'ada', password: 'secret' }))
  }
  if (has('validation', 'forms')) {
    router.post('/form', { schema: { body: Form({ name: Type.String(), file: Type.Optional(File()) }) } }, async ({ body }) => ({ name: body.name, file: body.file?.filename ?? null }))
  }
  if (has('dependencies', 'security')) {
    router.get('/secret', { config: { depends: { bearer } } }, async ({ deps }) => deps)
    router.get('/key', { config: { depends: { key: apiKey({ in: 'header', name: 'x-key' }) } } }, async ({ deps }) => deps)
  }
  if (has('dependencies', 'validation')) router.get('/page', { config: { depends: { page } } }, async ({ deps }) => deps)
  if (has('dependencies')) {
    const generator = dependency({ scope: 'function' }, async function * ({ reply }) {
      yield 'open'
      reply.header('x-closed', 'yes')
    })
    router.get('/generator', { config: { depends: { generator } } }, async function named ({ deps }) { return deps })
    router.get('/generator/fails', { config: { depends: { generator } } }, async () => { throw new NotFound('gone') })
  }
  if (has('responses')) {
    router.get('/text', { schema: { response: { 200: text() } } }, async () => 'text')
    router.get('/html', { schema: { response: { 200: html() } } }, async () => '<p>')
    router.get('/redirect', { schema: { response: { 307: redirect() } } }, async () => '/plain')
    router.get('/stream', { schema: { response: { 200: stream('text/plain') } } }, async function * () { yield 'a'; yield 'b' })
    router.get('/lines', { schema: { response: { 200: jsonLines(Type.Object({ a: Type.Integer() })) } } }, async function * () { yield { a: 1 } })
    router.get('/events', { schema: { response: { 200: sse(Type.Object({ a: Type.Integer() })) } } }, async function * () { yield { a: 1 } })
    router.get('/cookie', async (_request, reply) => {
      setCookie(reply, 'a', 'b')
      return 'ok'
    })
    router.post('/created', { schema: { response: { 201: text() } } }, async () => 'made')
  }
  if (has('db', 'dependencies', 'responses')) {
    let calls = 0
    router.post('/transaction', { config: { depends: { db: session }, transaction: { retries: 2 } }, schema: { response: { 303: redirect() } } }, async ({ deps }) => {
      calls++
      await deps.db.insertInto('users').values({ email: `a${calls}@example.com` }).execute()
      if (calls <= 2) throw new SerializationFailure('Another transaction was in the way of this one')
      return '/done'
    })
    router.get('/calls', async () => ({ calls }))
    router.post('/commit', { config: { depends: { db: session } }, schema: { response: { 201: Type.Object({ id: Type.Integer() }) } } }, async ({ deps }) =>
      deps.db.insertInto('users').values({ email: 'b@example.com' }).returning('id').executeTakeFirstOrThrow())
  }
  if (has('tasks', 'dependencies')) {
    const done: string[] = []
    router.post('/background', { config: { depends: { background } } }, async ({ deps }) => {
      deps.background.add(() => { done.push('done') })
      return 'later'
    })
  }
  if (has('templates')) router.get('/named/:id', { config: { name: 'named' } }, async ({ urlFor }) => urlFor('named', { id: 7 }))
}

const json = (payload: unknown): InjectOptions => ({ method: 'POST', payload: JSON.stringify(payload), headers: { 'content-type': 'application/json' } })
const form = (payload: string): InjectOptions => ({ method: 'POST', payload, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
const multipart: InjectOptions = {
  method: 'POST',
  headers: { 'content-type': 'multipart/form-data; boundary=x' },
  payload: '--x\r\ncontent-disposition: form-data; name="name"\r\n\r\nada\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhi\r\n--x--\r\n'
}
const preflight: InjectOptions = { method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } }

/** What is asked of every app, by URL. */
export const BATTERY: ReadonlyArray<readonly [url: string, options?: InjectOptions]> = [
  ['/plain'], ['/plain', { headers: { origin: 'https://a.example' } }], ['/plain', preflight], ['/plain', { method: 'HEAD' }], ['/plain', { method: 'DELETE' }], ['/nowhere'],
  ['/fails'], ['/fails', { headers: { origin: 'https://a.example' } }], ['/conflict'],
  ['/items/1', json({ name: 'pen', at, tags: ['a', 'a'] })], ['/items/x', json({ name: '', at: 'never' })], ['/items/1', { ...json({}), payload: '{' }], ['/items/'],
  ['/embedded', json({ a: 1, b: 'x' })], ['/embedded', json([])], ['/cookies', { headers: { cookie: 'a=1' } }], ['/cookies'],
  ['/nothing'], ['/string'], ['/undeclared'], ['/leak'],
  ['/form', form('name=ada')], ['/form', form('')], ['/form', multipart],
  ['/secret'], ['/secret', { headers: { authorization: 'Bearer x' } }], ['/key'], ['/key', { headers: { 'x-key': 'k' } }],
  ['/page?skip=3'], ['/page?skip=x'], ['/generator'], ['/generator/fails'],
  ['/text'], ['/html'], ['/redirect'], ['/stream'], ['/lines'], ['/events'], ['/cookie'], ['/created', { method: 'POST' }],
  ['/transaction', { method: 'POST' }], ['/calls'], ['/commit', { method: 'POST' }], ['/background', { method: 'POST' }],
  ['/named/1'], ['/openapi.json'], ['/docs'], ['/docs', { method: 'POST' }], ['/files/README.md'], ['/files/nothing'], ['/files/README.md', { method: 'POST' }]
]

/** What differs from one run to the next. */
const VOLATILE = new Set(['date', 'x-process-time', 'last-modified'])

/** The answers of an app whose plugins are registered in an order, or why it did not start. */
export async function answersOf (names: readonly string[]): Promise<readonly string[] | Error> {
  const app = Fastify()
  const answers = await ask(app, names).catch((error: Error) => error)
  await app.close()
  return answers
}

async function ask (app: FastifyInstance, names: readonly string[]): Promise<string[]> {
  for (const name of names) {
    const [, plugin, options = {}] = PLUGINS.find(([other]) => other === name) as typeof PLUGINS[number]
    await app.register(plugin as FastifyPluginAsync<object>, options)
  }
  declare(app, (...needed) => needed.every(name => names.includes(name)))
  if (names.includes('db')) await app.db.createTables([users])
  await app.ready()
  const answers: string[] = []
  for (const [url, options] of BATTERY) {
    const { statusCode, headers, body } = await app.inject({ url, ...options })
    const kept = Object.entries(headers).filter(([name]) => !VOLATILE.has(name)).sort(([one], [other]) => one < other ? -1 : 1)
    answers.push(JSON.stringify([options?.method ?? 'GET', url, statusCode, kept, body]))
  }
  return answers
}

/** Numbers from 0 to 1 that a seed repeats: mulberry32. */
function randomOf (seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let value = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

export interface TriedOrders {
  readonly alike: number
  readonly refused: number
  readonly otherwise: number
  /** What was answered otherwise, with the order. */
  readonly wrong: readonly string[]
}

/** Tries random orders of all plugins and of random subsets, each beside the order of `PLUGINS`. */
export async function tryOrders (runs: number, seed: number): Promise<TriedOrders> {
  const random = randomOf(seed)
  const wrong: string[] = []
  const counts = { alike: 0, refused: 0, otherwise: 0 }
  for (let run = 0; run < runs; run++) {
    const subset = run % 2 === 0 ? [...PLUGIN_NAMES] : PLUGIN_NAMES.filter(() => random() < 0.7)
    const order = subset.map(name => [random(), name] as const).sort(([one], [other]) => one - other).map(([, name]) => name)
    const [verdict, ...differences] = compareStarts(await answersOf(subset), await answersOf(order))
    counts[verdict]++
    wrong.push(...differences.map(difference => `${order.join(', ')}: ${difference}`))
  }
  return { ...counts, wrong }
}

/** How an app answers beside one whose plugins are registered in an order that works, and what differs. */
export function compareStarts (expected: readonly string[] | Error, found: readonly string[] | Error): [verdict: 'alike' | 'refused' | 'otherwise', ...differences: string[]] {
  if (found instanceof Error) return String(Reflect.get(found, 'code')).startsWith('APIKIT_ERR') ? ['refused'] : ['otherwise', String(found.stack)]
  if (expected instanceof Error) return ['otherwise', `starts, and should not: ${expected.message}`]
  const differences = found.flatMap((answer, index) => answer === expected[index] ? [] : [`${answer} instead of ${expected[index]}`])
  return [differences.length === 0 ? 'alike' : 'otherwise', ...differences]
}
