import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { column, DatabaseUnavailable, session, sessionOf, SerializationFailure, table, UniqueViolation } from '../../../plugins/db/index.ts'
import { transactionOf } from '../../../plugins/core/request/transaction.ts'
import { dependency } from '../../../plugins/dependencies/index.ts'
import { BadRequest } from '../../../plugins/errors/index.ts'
import { appWith, databaseWith, emptyDatabase, onBoth, type DialectName } from './databases.ts'

const users = table('users', { id: column.id(), email: column.text({ unique: true }), visits: column.integer({ default: 0 }) })
const posts = table('posts', { id: column.id(), author_id: column.integer({ references: 'users.id' }) })
const tables = [users, posts] as const
const db = sessionOf(tables)

const build = async (t: Test, dialect: DialectName) => appWith(t, await emptyDatabase(t, dialect), tables)
const emails = async (app: FastifyInstance) => (await app.db.of(tables).selectFrom('users').select('email').orderBy('email').execute()).map(({ email }) => email)
const visit = (retries: number) => ({ config: { depends: { db }, transaction: { isolationLevel: 'serializable' as const, retries } } })
const post = (app: FastifyInstance, url: string) => app.inject({ method: 'POST', url })

onBoth('a request has one transaction, whoever uses it: kept by a success, undone by an error or a status of 400 and above', async (t, dialect) => {
  const app = await build(t, dialect)
  const first = dependency({ needs: { db } }, async ({ db }) => { await db.insertInto('users').values({ email: 'dependency' }).execute() })
  app.post('/:how', {
    config: { depends: { db, first, same: session } }, schema: { params: Type.Object({ how: Type.String() }), response: { 200: Type.Object({ n: Type.Integer() }), 404: Type.Unknown() } }
  }, async ({ params, deps: { db, same } }, reply): Promise<any> => {
    const { how } = params as { how: string }
    if (db !== same as unknown) throw new Error('two sessions in one request')
    await db.insertInto('users').values({ email: how }).execute()
    if (how === 'thrown') throw new BadRequest('no')
    if (how === 'sent') return reply.code(404).send({ detail: 'no' })
    if (how === 'wrong') return { n: 'no integer' }
    return { n: 1 }
  })

  for (const [how, status] of [['thrown', 400], ['sent', 404], ['wrong', 500]] as const) {
    t.equal((await post(app, `/${how}`)).statusCode, status)
    t.same(await emails(app), [], how)
  }
  t.equal((await post(app, '/kept')).statusCode, 200)
  t.same(await emails(app), ['dependency', 'kept'])
})

onBoth('of a route with several methods, those that are safe only read', async (t, dialect) => {
  const app = await build(t, dialect)
  app.route({
    method: ['GET', 'POST'],
    url: '/',
    config: { depends: { db } },
    schema: { querystring: Type.Object({ add: Type.Optional(Type.String()) }) },
    handler: async ({ query, deps: { db } }) => {
      const { add } = query as { add?: string }
      if (add !== undefined) await db.insertInto('users').values({ email: add }).execute()
      return db.selectFrom('users').select('email').execute()
    }
  })
  t.equal((await app.inject('/?add=a')).statusCode, 500)
  t.same((await post(app, '/?add=b')).json(), [{ email: 'b' }])
  t.same((await app.inject('/')).json(), [{ email: 'b' }])
})

onBoth('what a client has been told is there', async (t, dialect) => {
  const app = await build(t, dialect)
  app.post('/', { config: { depends: { db } } }, async ({ deps: { db } }) => {
    await db.insertInto('users').values({ email: 'a' }).execute()
    // Read when it is sent.
    return Readable.from((async function * () { yield `sent ${(await emails(app)).join()}` })())
  })
  t.equal((await post(app, '/')).payload, 'sent a')
})

onBoth('a commit that fails is an answer, not a success', async (t, dialect) => {
  const app = await build(t, dialect)
  app.post('/', { config: { depends: { db } } }, async ({ deps: { db } }) => {
    if (dialect === 'sqlite') await db.run('pragma defer_foreign_keys = on')
    else await db.run('alter table posts alter constraint posts_author_id_fkey deferrable initially deferred')
    await db.insertInto('posts').values({ author_id: 99 }).execute()
    return 'ok'
  })
  app.get('/', { config: { depends: { db } } }, async ({ deps: { db } }) => db.selectFrom('posts').selectAll().execute())
  for (let i = 0; i < 15; i++) t.equal((await post(app, '/')).statusCode, 422, 'and no connection is lost by it')
  t.same((await app.inject('/')).json(), [])
})

onBoth('without a query there is no transaction', async (t, dialect) => {
  const app = await build(t, dialect)
  app.post('/', { config: { depends: { db } } }, async () => 'ok')
  app.post('/inside', { config: { depends: { db } } }, async () => {
    // SQLite has one writer: it would wait for itself.
    await app.db.of(tables).insertInto('users').values({ email: 'a' }).execute()
    return 'ok'
  })
  t.equal((await post(app, '/')).payload, 'ok')
  t.equal((await post(app, '/inside')).payload, 'ok')
})

onBoth('GET and HEAD only read, each statement for itself, unless the route says otherwise', async (t, dialect) => {
  const app = await build(t, dialect)
  const add = (email: string) => app.db.of(tables).insertInto('users').values({ email }).execute()
  const count = (rows: readonly unknown[]) => rows.length
  app.get('/writes', { config: { depends: { db } } }, async ({ deps: { db } }) => db.insertInto('users').values({ email: 'x' }).execute())
  app.get('/raw', { config: { depends: { db } } }, async ({ deps: { db } }) => { await db.run("insert into users (email) values ('x')") })
  app.get('/reads', { config: { depends: { db } } }, async ({ deps: { db } }) => {
    const before = count(await db.selectFrom('users').selectAll().execute())
    await add('b')
    let called = 0
    db.afterCommit(() => { called++ })
    await db.savepoint(async db => { await db.with('u', db => db.selectFrom('users').selectAll()).selectFrom('u').selectAll().execute() })
    await db.commit()
    await db.rollback()
    return [before, count(await db.selectFrom('users').selectAll().execute()), called]
  })
  app.get('/snapshot', { config: { depends: { db }, transaction: { isolationLevel: 'repeatable read' } } }, async ({ deps: { db } }) => {
    const before = count(await db.selectFrom('users').selectAll().execute())
    await add('c')
    return [before, count(await db.selectFrom('users').selectAll().execute())]
  })
  app.get('/snapshot-writes', { config: { depends: { db }, transaction: {} } }, async ({ deps: { db } }) => db.insertInto('users').values({ email: 'x' }).execute())
  app.get('/allowed', { config: { depends: { db }, transaction: { readOnly: false } } }, async ({ deps: { db } }) => {
    await db.insertInto('users').values({ email: 'z' }).execute()
    return 'ok'
  })

  await add('a')
  t.equal((await app.inject('/writes')).statusCode, 500)
  t.equal((await app.inject('/raw')).statusCode, 500)
  t.equal((await app.inject('/snapshot-writes')).statusCode, 500)
  t.same((await app.inject('/reads')).json(), [1, 2, 1])
  t.same((await app.inject('/snapshot')).json(), [2, 2])
  t.same((await app.inject('/snapshot')).statusCode, 409, 'c is there already')
  t.equal((await app.inject('/allowed')).payload, 'ok')
  t.same(await emails(app), ['a', 'b', 'c', 'z'])
  t.equal((await app.inject({ method: 'HEAD', url: '/reads' })).statusCode, 409)
})

onBoth('a savepoint is all or nothing, and the session goes on behind it', async (t, dialect) => {
  const app = await build(t, dialect)
  const called: string[] = []
  app.post('/', { config: { depends: { db } } }, async ({ deps: { db } }) => {
    await db.insertInto('users').values({ email: 'a' }).execute()
    const failed = await db.savepoint(async inner => {
      inner.afterCommit(() => called.push('undone'))
      await inner.insertInto('users').values({ email: 'b' }).execute()
      await inner.insertInto('users').values({ email: 'a' }).execute()
    }).catch(error => error)
    const kept = await db.savepoint(async () => {
      db.afterCommit(() => called.push('kept'))
      await db.insertInto('users').values({ email: 'c' }).execute()
      return 5
    })
    return [failed instanceof UniqueViolation, kept, called.length]
  })
  t.same((await post(app, '/')).json(), [true, 5, 0])
  t.same(await emails(app), ['a', 'c'])
  t.same(called, ['kept'])
})

onBoth('what is committed by hand stays, whatever becomes of the request; what is undone never calls back', async (t, dialect) => {
  const app = await build(t, dialect)
  let called = 0
  app.post('/', { config: { depends: { db } } }, async ({ deps: { db } }) => {
    await db.insertInto('users').values({ email: 'failed login' }).execute()
    await db.commit()
    await db.insertInto('users').values({ email: 'undone by hand' }).execute()
    db.afterCommit(() => { called++ })
    await db.rollback()
    await db.insertInto('users').values({ email: 'undone' }).execute()
    db.afterCommit(() => { called++ })
    throw new BadRequest()
  })
  t.equal((await post(app, '/')).statusCode, 400)
  t.same(await emails(app), ['failed login'])
  t.equal(called, 0)
})

t.test('an SQL error that is swallowed', async t => {
  const handler = async (app: FastifyInstance) => {
    app.post('/', { config: { depends: { db } } }, async ({ deps: { db } }) => {
      await db.insertInto('users').values({ email: 'a' }).execute()
      await db.insertInto('users').values({ email: 'a' }).execute().catch(() => {})
      return 'ok'
    })
    return [(await post(app, '/')).statusCode, await emails(app)]
  }
  t.test('SQLite goes on', async t => { t.same(await handler(await build(t, 'sqlite')), [200, ['a']]) })
  onBoth('is a success with everything, or an error with nothing', async (t, dialect) => {
    t.same(await handler(await build(t, dialect)), dialect === 'sqlite' ? [200, ['a']] : [500, []])
  })
})

onBoth('a handler whose transaction was in the way of another is called again, where its route says that it may', async (t, dialect) => {
  const app = await build(t, dialect)
  await app.db.of(tables).insertInto('users').values({ email: 'a' }).execute()
  let calls = 0
  app.post('/visits/many', visit(20), async ({ deps: { db } }) => {
    calls++
    const { visits } = await db.selectFrom('users').selectAll().where('email', '=', 'a').executeTakeFirstOrThrow()
    await new Promise(resolve => setImmediate(resolve))
    await db.updateTable('users').set({ visits: visits + 1 }).where('email', '=', 'a').execute()
    return visits + 1
  })
  const answers = await Promise.all(Array.from({ length: 12 }, () => post(app, '/visits/many')))
  t.same(answers.map(({ statusCode }) => statusCode), Array(12).fill(200))
  t.same(answers.map(answer => answer.json()).sort((a, b) => a - b), Array.from({ length: 12 }, (_, i) => i + 1))
  t.ok(calls >= 12)
})

onBoth('it is called again so often, and no more; and never after an answer, nor for another error', async (t, dialect) => {
  const app = await build(t, dialect)
  await app.db.of(tables).insertInto('users').values({ email: 'a' }).execute()
  let calls = 0
  app.post('/always', visit(2), async ({ deps: { db } }) => {
    calls++
    await db.insertInto('users').values({ email: 'lost' }).execute()
    throw new SerializationFailure('again')
  })
  app.post('/once', { config: { depends: { db }, transaction: {} } }, async () => {
    calls++
    throw new SerializationFailure('again')
  })
  app.post('/answered', visit(5), async (_request, reply) => {
    calls++
    reply.send('sent')
    throw new SerializationFailure('too late')
  })
  app.post('/other', visit(5), async ({ deps: { db } }) => {
    calls++
    await db.insertInto('users').values({ email: 'a' }).execute()
  })
  app.post('/refused', visit(5), async ({ deps: { db } }, reply) => {
    await db.insertInto('users').values({ email: 'refused' }).execute()
    return reply.code(400).send('no')
  })
  app.post('/no-session', { config: { transaction: { retries: 1 } } }, async () => {
    if (calls++ === 0) throw new SerializationFailure('again')
    return 'ok'
  })
  const callsOf = async (url: string) => {
    calls = 0
    const { statusCode, headers } = await post(app, url)
    return [statusCode, calls, headers['retry-after']]
  }
  t.same(await callsOf('/always'), [503, 3, '1'])
  t.same(await callsOf('/once'), [503, 1, '1'])
  t.same(await callsOf('/answered'), [200, 1, undefined])
  t.same(await callsOf('/other'), [409, 1, undefined])
  t.same(await callsOf('/refused'), [400, 0, undefined])
  t.same(await callsOf('/no-session'), [200, 2, undefined])
  t.same(await emails(app), ['a'])
})

onBoth('outside of requests, a session is kept when its work is done, and done again when that is allowed', async (t, dialect) => {
  const app = await build(t, dialect)
  const db = app.db.of(tables)
  t.equal(await db.session(async db => {
    await db.insertInto('users').values({ email: 'a' }).execute()
    return 'result'
  }), 'result')
  await t.rejects(db.session(async db => {
    await db.insertInto('users').values({ email: 'b' }).execute()
    throw new Error('mine')
  }), { message: 'mine' })
  let calls = 0
  await db.session(async db => {
    await db.insertInto('users').values({ email: `c${calls}` }).execute()
    if (calls++ === 0) throw new SerializationFailure('again')
  }, { retries: 1, isolationLevel: 'serializable' })
  await t.rejects(db.session(async db => db.insertInto('users').values({ email: 'x' }).execute(), { readOnly: true }))
  t.same(await emails(app), ['a', 'c1'])
  t.same(await db.session(async db => (await db.selectFrom('users').selectAll().execute()).length, { readOnly: true }), 2)
})

onBoth('a session is over with its request: what goes on behind it is refused', async (t, dialect) => {
  const app = await build(t, dialect)
  let late: Promise<unknown> | undefined
  app.post('/', { config: { depends: { db } } }, async ({ deps: { db } }, reply) => {
    reply.raw.once('close', () => { late = db.insertInto('users').values({ email: 'late' }).execute().catch(error => error) })
    return 'ok'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  await fetch(`${app.listeningOrigin}/`, { method: 'POST', headers: { connection: 'close' } })
  t.match(await late, { code: 'APIKIT_ERR_SESSION_OVER' })
  t.same(await emails(app), [])
})

onBoth('a handler that sends by itself has its work kept, and one whose client has gone, too', async (t, dialect) => {
  const app = await build(t, dialect)
  let gone = (): void => {}
  app.post('/hijacked', { config: { depends: { db } } }, async ({ deps: { db } }, reply) => {
    reply.hijack()
    await db.insertInto('users').values({ email: 'hijacked' }).execute()
    reply.raw.end('raw')
  })
  app.post('/slow', { config: { depends: { db } } }, async ({ deps: { db }, raw }) => {
    await db.insertInto('users').values({ email: 'slow' }).execute()
    gone()
    await once(raw.socket, 'close')
    return 'ok'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.equal(await (await fetch(`${app.listeningOrigin}/hijacked`, { method: 'POST' })).text(), 'raw')
  const request = httpRequest(`${app.listeningOrigin}/slow`, { method: 'POST' }).on('error', () => {})
  gone = () => { request.destroy() }
  request.end()
  while ((await emails(app)).length < 2) await new Promise(resolve => setTimeout(resolve, 5))
  t.same(await emails(app), ['hijacked', 'slow'])
})

onBoth('Kysely’s own transactions, connections and streams run on it, and its plugins', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables)).of(tables)
  await db.transaction().execute(async trx => { await trx.insertInto('users').values({ email: 'a' }).execute() })
  await t.rejects(db.transaction().execute(async trx => {
    await trx.insertInto('users').values({ email: 'b' }).execute()
    throw new Error('no')
  }))
  const trx = await db.startTransaction().execute()
  await trx.insertInto('users').values({ email: 'c' }).execute()
  for (const email of ['undone', 'f']) {
    const inner = await trx.savepoint('inner').execute()
    await inner.insertInto('users').values({ email }).execute()
    await (email === 'f' ? inner.releaseSavepoint('inner') : inner.rollbackToSavepoint('inner')).execute()
  }
  await trx.commit().execute()
  await db.connection().execute(async one => { await one.insertInto('users').values({ email: 'd' }).execute() })
  const read: string[] = []
  for await (const { email } of db.selectFrom('users').select('email').orderBy('email').stream()) read.push(email)
  t.same(read, ['a', 'c', 'd', 'f'])
  t.same(await db.withoutPlugins().selectFrom('users').select('email').limit(1).execute(), [{ email: 'a' }])
  await db.session(async session => {
    await session.withoutPlugins().insertInto('users').values({ email: 'e' }).execute()
    const streamed = []
    for await (const row of session.selectFrom('users').select('email').stream()) streamed.push(row)
    t.equal(streamed.length, 5)
    t.throws(() => session.transaction())
  })
  const abort = new AbortController()
  t.equal((await db.selectFrom('users').selectAll().execute({ signal: abort.signal })).length, 5)
  abort.abort(new Error('enough'))
  await t.rejects(db.selectFrom('users').selectAll().execute({ signal: abort.signal }), { message: 'enough' })
  t.same((await db.introspection.getTables()).map(({ name }) => name).sort(), ['posts', 'users'])
})

onBoth('how many connections there are, and how many of them are free, can be asked', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), tables, { poolSize: 1 })).of(tables)
  t.same(db.pool, { total: 1, idle: 1, waiting: 0 })
  let waiting: Promise<unknown> | undefined
  await db.session(async session => {
    await session.insertInto('users').values({ email: 'a' }).execute()
    const waits = db.insertInto('users').values({ email: 'b' }).execute()
    t.same(db.pool, { total: 1, idle: 0, waiting: 1 })
    waiting = waits
  })
  await waiting
  t.equal((await db.selectFrom('users').selectAll().execute()).length, 2)
})

onBoth('a plugin finds the transaction of a request, while there is one', async (t, dialect) => {
  const app = await build(t, dialect)
  app.post('/', { config: { depends: { db } } }, async (request) => ({ same: transactionOf(request) === request.deps.db as unknown }))
  app.get('/', { config: { depends: { db } } }, async request => ({ none: transactionOf(request) === undefined }))
  t.same((await post(app, '/')).json(), { same: true })
  t.same((await app.inject('/')).json(), { none: true })
})

onBoth('a database that is away is a 503 with retry-after', async (t, dialect) => {
  const app = await build(t, dialect)
  app.get('/', async () => { throw new DatabaseUnavailable('away') })
  const { statusCode, headers } = await app.inject('/')
  t.equal(statusCode, 503)
  t.ok(headers['retry-after'])
})
