import { join } from 'node:path'
import bcrypt from '@node-rs/bcrypt'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { down, openDatabase, up } from '../../plugins/db/index.ts'
import { tables } from '../../schemas/tables.ts'
import { build } from '../helper.ts'
import { emptyDatabase, hasPostgres } from '../plugins/db/databases.ts'

const ADA = { email: 'ada@example.com', password: 'a long password' }

/** The reference app with one account, and the tokens of its first login. */
async function login (t: Test) {
  const app = await build(t)
  const made = await app.inject({ method: 'POST', url: '/account/users', body: ADA })
  t.same([made.statusCode, made.json()], [201, { id: 1, email: ADA.email }])
  const answer = await post(app, ADA.password)
  t.equal(answer.statusCode, 200)
  return { app, ...answer.json<{ access_token: string, refresh_token: string, expires_in: number }>() }
}

function post (app: FastifyInstance, password: string, username = ADA.email) {
  return app.inject({
    method: 'POST', url: '/account/token', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: String(new URLSearchParams({ username, password }))
  })
}

const refresh = (app: FastifyInstance, token: string) => app.inject({ method: 'POST', url: '/account/refresh', body: { refresh_token: token } })
const me = (app: FastifyInstance, token: string) => app.inject({ url: '/account/me', headers: { authorization: `Bearer ${token}` } })

t.test('an account is made once, greeted, and shown to who is logged in', async t => {
  const { app, access_token: token, expires_in: seconds } = await login(t)
  t.equal(seconds, 300)
  t.same((await me(app, token)).json(), { id: 1, email: ADA.email })
  t.equal((await me(app, 'another')).statusCode, 401)
  await app.tasks.drain()
  t.same(await app.tasks.list(), [], 'the greeting is done')

  const again = await app.inject({ method: 'POST', url: '/account/users', body: ADA })
  t.same([again.statusCode, again.json()], [409, { detail: 'There is an account with this address already' }])
  t.match(await app.tasks.counts(), { queued: 0, running: 0, failed: 0 })
  t.equal((await app.inject({ method: 'POST', url: '/account/users', body: { email: 'x', password: 'short' } })).json().detail.length, 2)
  const [stored] = await app.db.selectFrom('accounts').select('hashed_password').execute()
  t.match(stored?.hashed_password, /^\$argon2id\$/)
})

t.test('a wrong password, an unknown address, a user of the section database and one who is not active are answered alike', async t => {
  const { app, access_token: token } = await login(t)
  await app.inject({ method: 'POST', url: '/database/users/', body: { email: 'bob@example.com', password: 'secret' } })
  const answers = [await post(app, 'wrong'), await post(app, ADA.password, 'nobody@example.com'), await post(app, 'secretnotreallyhashed', 'bob@example.com')]
  await app.db.updateTable('accounts').set({ is_active: false }).where('id', '=', 1).execute()
  answers.push(await post(app, ADA.password))
  for (const { statusCode, json } of answers) t.same([statusCode, json()], [401, { detail: 'Incorrect username or password' }])
  t.equal((await me(app, token)).statusCode, 401, 'nor is a token of theirs good any more')
})

t.test('nobody stores a hash of their own making: users of the section database have no account', async t => {
  const app = await build(t)
  const costly = '$argon2id$v=19$m=8,t=4294967295,p=1$ZL6uMfBbg0jz7chiUvqVUg$A' // a whole hash, with what the section adds
  t.equal((await app.inject({ method: 'POST', url: '/database/users/', body: { email: ADA.email, password: costly } })).statusCode, 200)
  t.equal((await post(app, 'anything')).statusCode, 401)
  t.equal((await app.inject({ method: 'POST', url: '/account/users', body: ADA })).statusCode, 201, 'nor do they take an address away')
})

t.test('a refresh token is good once; used twice, it ends the login', async t => {
  const { app, refresh_token: first } = await login(t)
  const second = (await refresh(app, first)).json()
  t.equal((await me(app, second.access_token)).statusCode, 200)
  t.equal((await refresh(app, first)).statusCode, 401)
  t.equal((await refresh(app, second.refresh_token)).statusCode, 401, 'whoever has it, thief or user')
})

t.test('of several requests at once with one refresh token one is answered, and then the login is over', async t => {
  const { app } = await login(t)
  for (const count of [2, 20]) {
    const { refresh_token: token } = (await post(app, ADA.password)).json()
    const answers = await Promise.all(Array.from({ length: count }, () => refresh(app, token)))
    const [winner, ...losers] = answers.sort((one, other) => one.statusCode - other.statusCode)
    t.equal(winner?.statusCode, 200)
    for (const { statusCode, headers, body } of losers) t.same([statusCode, headers['www-authenticate'], body], [401, 'Bearer', '{"detail":"Could not validate credentials"}'])
    t.equal((await refresh(app, winner?.json().refresh_token)).statusCode, 401)
  }
})

t.test('a logout ends the login', async t => {
  const { app, refresh_token: token } = await login(t)
  t.equal((await app.inject({ method: 'POST', url: '/account/logout', body: { refresh_token: token } })).statusCode, 204)
  t.equal((await refresh(app, token)).statusCode, 401)
  t.equal((await refresh(app, 'nonsense')).statusCode, 401)
})

t.test('a hash of an older system is replaced at the first login', async t => {
  const { app } = await login(t)
  await app.db.updateTable('accounts').set({ hashed_password: await bcrypt.hash('from before', 4) }).where('id', '=', 1).execute()
  t.equal((await post(app, 'from before')).statusCode, 200)
  const [stored] = await app.db.selectFrom('accounts').select('hashed_password').execute()
  t.match(stored?.hashed_password, /^\$argon2id\$/)
  t.equal((await post(app, 'from before')).statusCode, 200)
})

t.test('an address has one account, whatever its case, and is found in any', async t => {
  const { app } = await login(t)
  for (const email of ['ADA@example.com', 'Ada@EXAMPLE.com']) {
    t.equal((await app.inject({ method: 'POST', url: '/account/users', body: { ...ADA, email } })).statusCode, 409, email)
    t.equal((await post(app, ADA.password, email)).statusCode, 200, email)
  }
  const made = await app.inject({ method: 'POST', url: '/account/users', body: { ...ADA, email: 'Bob.X@example.com' } })
  t.same(made.json(), { id: 2, email: 'bob.x@example.com' })
})

t.test('accounts of before are found by their addresses in lower case; of two of one address the first is left', async t => {
  for (const dialect of ['sqlite', 'postgres'] as const) {
    if (dialect === 'postgres' && !hasPostgres) continue
    const before = openDatabase({ url: await emptyDatabase(t, dialect), tables, migrations: join(import.meta.dirname, '../../schemas/migrations') })
    t.teardown(() => before.destroy())
    await up(before)
    await down(before)
    const add = (email: string) => before.of(tables).insertInto('accounts').values({ email, hashed_password: '!' }).execute()
    for (const email of ['Ada@example.com', 'ADA@example.com', 'Bob@example.com', 'bob@example.com', 'carol@example.com']) await add(email)
    await up(before)
    t.same((await before.of(tables).selectFrom('accounts').selectAll().orderBy('id').execute()).map(({ email, is_active: isActive }) => [email, isActive]), [
      ['ada@example.com', true], ['ADA@example.com', false], ['Bob@example.com', false], ['bob@example.com', true], ['carol@example.com', true]
    ], dialect)
  }
})

t.test('a name that no database can hold is an unknown one, and a token for another kind of user is none', async t => {
  const { app } = await login(t)
  t.equal((await post(app, 'x', 'a\0b')).statusCode, 401)
  for (const sub of ['johndoe', '99999999999', '-1', '1.5']) t.equal((await me(app, app.tokens.sign({ sub }))).statusCode, 401, sub)
  t.equal((await me(app, app.tokens.sign({}))).statusCode, 401, 'no subject')
})
