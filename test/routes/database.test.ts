import t from 'tap'
import { build } from '../helper.ts'

t.test('users are made and found, and their passwords are nobody’s', async t => {
  const app = await build(t)
  const post = (body: object) => app.inject({ method: 'POST', url: '/database/users/', body })
  const ann = { email: 'ann@example.com', id: 1, is_active: true }
  t.same((await post({ email: 'ann@example.com', password: 'x', id: 99, is_active: false })).json(), ann)
  t.same((await app.inject('/database/users/1')).json(), ann)
  t.same((await app.inject('/database/users/')).json(), [ann])
  t.match(await app.db.selectFrom('users').selectAll().executeTakeFirst(), { hashed_password: 'xnotreallyhashed' })

  const again = await post({ email: 'ann@example.com', password: 'y' })
  t.same([again.statusCode, again.json()], [400, { detail: 'Email already registered' }])
  const missing = await app.inject('/database/users/9')
  t.same([missing.statusCode, missing.json()], [404, { detail: 'User not found' }])
})

t.test('pages', async t => {
  const app = await build(t)
  for (const name of ['a', 'b', 'c']) await app.inject({ method: 'POST', url: '/database/users/', body: { email: name, password: 'x' } })
  const page = async (query: string) => (await app.inject(`/database/users/${query}`)).json().map(({ email }: { email: string }) => email).join('')
  t.same(await Promise.all(['', '?skip=1', '?skip=1&limit=1', '?limit=0', '?skip=9', '?skip=-1', '?limit=-1', '?limit=-1&skip=2'].map(page)), ['abc', 'bc', 'b', '', '', 'abc', 'abc', 'c'])
})

t.test('of two at the same time one gets the address', async t => {
  const app = await build(t)
  const answers = await Promise.all(['x', 'y'].map(password => app.inject({ method: 'POST', url: '/database/users/', body: { email: 'same', password } })))
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 400])
})
