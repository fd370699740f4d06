import type { Test } from 'tap'
import { DatabaseRefreshTokenStore, down, openDatabase, up } from '../../../plugins/db/index.ts'
import { type DialectName, emptyDatabase, onBoth } from './databases.ts'

const AT = new Date('2026-01-01T00:00:00Z')
const later = (minutes: number): Date => new Date(AT.getTime() + minutes * 60_000)
const login = { id: 'a', subject: 'ann', scopes: ['me', 'items'], hash: 'h1', idleUntil: later(10), endsAt: later(60) }
const next = { hash: 'h2', idleUntil: later(20) }

async function open (t: Test, dialect: DialectName): Promise<DatabaseRefreshTokenStore> {
  const db = openDatabase({ url: await emptyDatabase(t, dialect) })
  t.teardown(() => db.destroy())
  const store = new DatabaseRefreshTokenStore(db)
  t.throws(() => new DatabaseRefreshTokenStore(db), { code: 'APIKIT_ERR_DB_REGISTER' })
  for (const run of [() => up(db), () => down(db, 'logins'), () => up(db)]) t.same(await run(), ['logins/20261124T190000_logins'])
  return store
}

onBoth('a token is good once; the second time ends its login', async (t, dialect) => {
  const store = await open(t, dialect)
  await store.add(login)
  t.same(await store.replace('a', 'h1', next, AT), { outcome: 'replaced', login: { ...login, ...next } })
  t.same(await store.replace('a', 'h1', next, AT), { outcome: 'removed', login: { ...login, ...next } })
  t.same(await store.replace('a', 'h2', next, AT), { outcome: 'unknown' })
})

onBoth('of many who use it at once, one has it', async (t, dialect) => {
  const store = await open(t, dialect)
  await store.add(login)
  const outcomes = await Promise.all(Array.from({ length: 10 }, async (_, i) => (await store.replace('a', 'h1', { ...next, hash: `n${i}` }, AT)).outcome))
  t.same(outcomes.filter(outcome => outcome === 'replaced').length, 1)
  t.same(outcomes.filter(outcome => outcome === 'removed').length, 1)
})

onBoth('what is over is good no more, and goes; users log out everywhere', async (t, dialect) => {
  const store = await open(t, dialect)
  for (const id of ['idle', 'ended', 'good', 'other']) {
    await store.add({ ...login, id, subject: id === 'other' ? 'bob' : 'ann', ...id === 'idle' && { idleUntil: AT }, ...id === 'ended' && { endsAt: AT } })
  }
  t.match(await store.replace('idle', 'h1', next, AT), { outcome: 'removed' })
  await store.removeExpired(AT)
  t.match(await store.replace('ended', 'h1', next, AT), { outcome: 'unknown' })
  await store.removeOf('ann')
  t.match(await store.replace('good', 'h1', next, AT), { outcome: 'unknown' })
  await store.remove('nobody')
  t.match(await store.replace('other', 'h1', next, AT), { outcome: 'replaced' })
  await store.remove('other')
  t.match(await store.replace('other', 'h2', next, AT), { outcome: 'unknown' })
})
