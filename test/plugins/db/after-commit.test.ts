import t from 'tap'
import { column, openDatabase, sessionOf, table } from '../../../plugins/db/index.ts'
import { appWith, databaseWith, emptyDatabase, onBoth } from './databases.ts'

const notes = table('notes', { id: column.id(), text: column.text({ unique: true }) })
const session = sessionOf([notes])

onBoth('callbacks of afterCommit that fail are logged: the answer stays, and the others are called', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), [notes])
  const logged: string[] = []
  app.log.error = ((what: { err: Error }, message: string) => { logged.push(`${message}: ${what.err.message}`) }) as never
  const called: string[] = []
  app.post('/', { config: { depends: { db: session } } }, async ({ deps: { db } }) => {
    await db.insertInto('notes').values({ text: 'kept' }).execute()
    db.afterCommit(() => { throw new Error('at once') })
    db.afterCommit(async () => { throw new Error('later') })
    db.afterCommit(async () => {
      // The transaction is over, and its connection free.
      called.push(...(await app.db.of([notes]).selectFrom('notes').selectAll().execute()).map(({ text }) => text))
    })
    db.afterCommit(() => { db.afterCommit(() => { called.push('of a callback') }) })
    return {}
  })
  const { statusCode } = await app.inject({ method: 'POST', url: '/' })
  t.equal(statusCode, 200)
  t.same(called, ['kept', 'of a callback'], 'the answer left behind them')
  const message = 'a callback of afterCommit failed; what it was told of is committed'
  t.same(logged, [`${message}: at once`, `${message}: later`])
})

onBoth('of what is undone no callback is called', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [notes])).of([notes])
  const called: string[] = []
  await t.rejects(db.session(async session => {
    session.afterCommit(() => called.push('undone'))
    await session.insertInto('notes').values({ text: 'a' }).execute()
    throw new Error('no')
  }))
  await db.session(async session => {
    await session.insertInto('notes').values({ text: 'a' }).execute()
    await session.savepoint(async () => {
      session.afterCommit(() => called.push('undone'))
      await session.insertInto('notes').values({ text: 'a' }).execute()
    }).catch(() => {})
    session.afterCommit(() => called.push('done'))
  })
  t.same(called, ['done'])
})

t.test('where there is nothing to commit it is called at once, and does not fail the request', async t => {
  const app = await appWith(t, 'sqlite::memory:', [notes])
  const failed = Promise.withResolvers<Error>()
  app.log.error = (({ err }: { err: Error }) => { failed.resolve(err) }) as never
  app.get('/', { config: { depends: { db: session } } }, async ({ deps: { db } }) => {
    db.afterCommit(async () => { throw new Error('rejected') })
    return {}
  })
  t.equal((await app.inject('/')).statusCode, 200)
  t.match(await failed.promise, { message: 'rejected' })
})

t.test('in a script it is a warning', async t => {
  const db = openDatabase({ url: 'sqlite::memory:' })
  const warned = new Promise<Error>(resolve => { process.once('warning', resolve) })
  const cause = new Error('no')
  await db.session(async session => { session.afterCommit(() => { throw cause }) })
  t.match(await warned, { message: 'a callback of afterCommit failed; what it was told of is committed', cause })
  await db.destroy()
})

onBoth('parallel savepoints of one session are one after the other: each has its own error, and what succeeds is kept', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [notes])).of([notes])
  await db.session(async session => {
    const add = (...texts: string[]) => session.savepoint(async () => {
      for (const text of texts) await session.insertInto('notes').values({ text }).execute()
    })
    await add('a')
    const results = await Promise.allSettled([add('b'), add('c', 'a'), add('d', 'b'), add('e')])
    t.match(results, [{ status: 'fulfilled' }, { reason: { code: 'APIKIT_DB_UNIQUE' } }, { reason: { code: 'APIKIT_DB_UNIQUE' } }, { status: 'fulfilled' }])
    await t.rejects(Promise.all([session.savepoint(async () => { throw new Error('first') }), add('a')]), { message: 'first' })
  })
  t.same((await db.selectFrom('notes').select('text').orderBy('text').execute()).map(({ text }) => text), ['a', 'b', 'e'])
})

onBoth('savepoints within savepoints are nested, parallel ones there too, and those of other sessions do not wait', async (t, dialect) => {
  const db = (await databaseWith(t, await emptyDatabase(t, dialect), [notes])).of([notes])
  await db.session(async session => {
    const add = (text: string) => session.savepoint(async () => { await session.insertInto('notes').values({ text }).execute() })
    await session.savepoint(async () => {
      await Promise.allSettled([add('a'), add('a'), session.savepoint(async () => {
        await add('b')
        throw new Error('undone')
      }), add('c')])
      await db.session(async other => other.savepoint(async () => other.savepoint(async () => add('d'))), { readOnly: true })
    })
  })
  t.same((await db.selectFrom('notes').select('text').orderBy('text').execute()).map(({ text }) => text), ['a', 'c', 'd'])
})

onBoth('an error of afterCommit in a request that failed to commit is none: nothing is called', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), [notes])
  let called = 0
  app.post('/', { config: { depends: { db: session } } }, async ({ deps: { db } }) => {
    db.afterCommit(() => { called++ })
    await db.insertInto('notes').values([{ text: 'a' }, { text: 'a' }]).execute()
  })
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 409)
  t.equal(called, 0)
})
