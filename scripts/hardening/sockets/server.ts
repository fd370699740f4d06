/**
 * The server of the suite `sockets`, in a process of its own: a route of every kind, each of which opens something. It
 * counts what is open, and says so when asked.
 *
 * @module
 */

import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import apikit from '../../../plugins/index.ts'
import db, { column, sessionOf, table } from '../../../plugins/db/index.ts'
import { dependency } from '../../../plugins/dependencies/index.ts'
import { NotFound } from '../../../plugins/errors/index.ts'
import forms from '../../../plugins/forms/index.ts'
import { file, jsonLines, sse, stream } from '../../../plugins/responses/index.ts'
import { clientSignal, httpBearer, Passwords, passwordForm } from '../../../plugins/security/index.ts'
import staticFiles from '../../../plugins/static/index.ts'
import tasks, { background } from '../../../plugins/tasks/index.ts'
import { File, Form } from '../../../plugins/types/index.ts'

/** What the server says of itself. */
export interface Counts {
  /** What was opened in all: generators, streams, background functions, errors on purpose. */
  readonly opened: number
  /** What is open: generators of dependencies and of streams, and background functions. */
  readonly generators: number
  /** Connections of the pools that a session has, or waits for. */
  readonly sessions: number
  /** Uploads, with a name in the folder and without. */
  readonly files: number
  readonly timers: number
  readonly sockets: number
  /** Failures that were not meant, since the last question. */
  readonly failures: readonly string[]
}

/** `memory`: what is resident, in MB, without garbage. `close`: in how many milliseconds it was closed. */
export type Question = 'counts' | 'memory' | 'close'

const [directory = '', ...urls] = process.argv.slice(2)

const state = { opened: 0, open: 0 }
let failures: string[] = []

/** Counts something as open for as long as it runs. */
async function counted<T> (work: () => Promise<T>): Promise<T> {
  state.opened++
  state.open++
  try {
    return await work()
  } finally {
    state.open--
  }
}

async function turns (most: number): Promise<void> {
  for (let turn = Math.floor(Math.random() * most); turn > 0; turn--) await new Promise(resolve => { setImmediate(resolve) })
}

const resource = dependency({ name: 'resource' }, async function * () {
  state.opened++
  state.open++
  try {
    await turns(5)
    yield {}
    await turns(5)
  } finally {
    state.open--
  }
})

/** Opens something before the body is read, and takes its time. */
const user = dependency({ name: 'user', needs: { token: httpBearer(), resource } }, async () => {
  await turns(20)
  return 'ann'
})

async function * items (count: number): AsyncGenerator<{ n: number }> {
  state.opened++
  state.open++
  try {
    for (let n = 0; n < count; n++) {
      await turns(5)
      yield { n }
    }
  } finally {
    state.open--
  }
}

async function * texts (count: number): AsyncGenerator<string> {
  for await (const { n } of items(count)) yield `${n}`.repeat(1000)
}

const Item = Type.Object({ n: Type.Integer() })
const Model = Type.Object({ name: Type.String(), tags: Type.Array(Type.String()), size: Type.Optional(Type.Integer()) })
const passwords = new Passwords({ memoryCost: 64, timeCost: 1 })
const hash = await passwords.hash('secret')

const routes: FastifyPluginAsyncTypebox = async app => {
  app.get('/plain', async () => 'fine')
  app.post('/model', { schema: { body: Model } }, async ({ body }) => body)
  app.post('/generators', { config: { depends: { resource } }, schema: { body: Model } }, async ({ body }) => { await turns(10); return body })
  app.post('/guarded', { config: { depends: { user } }, schema: { body: Model } }, async ({ body }) => { await turns(10); return body })
  app.get('/guarded', { config: { depends: { user } } }, async () => 'fine')
  app.post('/form', { schema: { body: Form({ a: Type.String(), b: Type.Integer({ default: 1 }) }) } }, async ({ body }) => body)
  app.post('/files', { config: { depends: { user, resource } }, schema: { body: Form({ note: Type.String({ default: '' }), files: Type.Array(File()) }) } }, async ({ body: { files } }) => {
    let size = 0
    for (const file of files) size += (await file.buffer()).length
    return { size }
  })
  app.post('/file', { schema: { body: Form({ file: File({ stream: true }) }) } }, async ({ body: { file } }) => {
    let size = 0
    for await (const chunk of file.stream()) {
      size += chunk.length
      await turns(3)
    }
    return { size }
  })
  app.get('/stream', { config: { depends: { resource } }, schema: { response: { 200: stream('text/plain') } } }, () => texts(20))
  app.get('/lines', { schema: { response: { 200: jsonLines(Item) } } }, () => items(50))
  app.get('/events', { schema: { response: { 200: sse(Item) } } }, () => items(20))
  app.get('/sent', { schema: { response: { 200: file() } } }, async () => import.meta.filename)
  app.post('/login', { config: { depends: { form: passwordForm } } }, async ({ deps: { form } }, reply) =>
    ({ valid: await passwords.verify(form.password, hash, { signal: clientSignal(reply) }) }))
  app.post('/background', { config: { depends: { background, resource } }, schema: { body: Model } }, async ({ deps: { background } }) => {
    background.add(() => counted(() => turns(20)))
    return {}
  })
  app.get('/refused', { config: { depends: { resource } } }, async () => { throw new NotFound() })
  app.post('/error', { config: { depends: { user } }, schema: { body: Model } }, async () => { throw new Error('on purpose') })
}

const notes = table('notes', { id: column.id(), name: column.text() })
const session = sessionOf([notes])
const account = dependency({ name: 'account', needs: { token: httpBearer(), db: session } }, async ({ db }) => {
  await db.selectFrom('notes').select('id').limit(1).execute()
  await turns(10)
})

const pools: Array<FastifyInstance['db']> = []

function database (url: string): FastifyPluginAsyncTypebox {
  return async app => {
    await app.register(db, { url, tables: [notes], poolSize: 5, acquireTimeout: 20_000 })
    await app.db.createTables()
    pools.push(app.db)
    app.post('/', { config: { depends: { db: session } }, schema: { body: Model } }, async ({ body: { name }, deps: { db } }) => {
      await db.insertInto('notes').values({ name }).execute()
      await turns(10)
      return {}
    })
    app.post('/guarded', { config: { depends: { account, db: session } }, schema: { body: Model } }, async ({ body: { name }, deps: { db } }) => {
      await db.insertInto('notes').values({ name }).execute()
      return {}
    })
    app.get('/', { config: { depends: { account, db: session } } }, async ({ deps: { db } }) =>
      await db.selectFrom('notes').selectAll().orderBy('id', 'desc').limit(5).execute())
  }
}

const app = Fastify()
app.addHook('onError', async (_request, _reply, error) => {
  const { statusCode = 500, message } = error
  if (statusCode >= 500 && message !== 'on purpose') failures.push(`${error.name} ${error.code ?? ''} ${message}`)
})
await app.register(apikit)
await app.register(tasks)
await app.register(forms, { memory: 0, directory })
await app.register(staticFiles, { root: join(import.meta.dirname, '..') })
await app.register(routes)
for (const [index, url] of urls.entries()) await app.register(database(url), { prefix: `/db${index}` })
await app.listen({ host: '127.0.0.1', port: 0 })

function openUploads (): number {
  const unnamed = readdirSync('/proc/self/fd').filter(fd => {
    try { return readlinkSync(`/proc/self/fd/${fd}`).includes('/upload-') } catch { return false }
  })
  return unnamed.length + readdirSync(directory).length
}

function connections (): Promise<number> {
  return new Promise(resolve => { app.server.getConnections((_error, count) => { resolve(count) }) })
}

async function counts (): Promise<Counts> {
  const since = failures
  failures = []
  const loads = pools.map(({ dialect, pool }) => ({ dialect, ...pool }))
  // pg has one for each connection that nobody uses, to close it some day.
  const idle = loads.map(({ dialect, idle }) => dialect === 'postgres' ? idle : 0).reduce((sum, one) => sum + one, 0)
  return {
    opened: state.opened,
    generators: state.open,
    sessions: loads.map(({ total, idle, waiting }) => total - idle + waiting).reduce((sum, one) => sum + one, 0),
    files: openUploads(),
    timers: process.getActiveResourcesInfo().filter(type => type === 'Timeout').length - idle,
    sockets: await connections(),
    failures: since
  }
}

process.on('unhandledRejection', error => { failures.push(`unhandled: ${String(error)}`) })
process.on('message', async (question: Question) => {
  if (question === 'counts') return process.send?.(await counts())
  if (question === 'memory') {
    globalThis.gc?.()
    return process.send?.(process.memoryUsage.rss() / 1e6)
  }
  const start = performance.now()
  await app.close()
  process.send?.(performance.now() - start)
})
process.on('disconnect', () => { process.exit() })
process.send?.(app.server.address())
