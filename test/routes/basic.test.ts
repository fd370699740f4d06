import t from 'tap'
import { build } from '../helper.ts'

t.test('the app says hello, and to GET alone', async t => {
  const app = await build(t)
  const hello = await app.inject('/basic/')
  t.same(hello.json(), { message: 'Hello World' })

  const post = await app.inject({ method: 'POST', url: '/basic/' })
  t.same([post.statusCode, post.headers.allow, post.json()], [405, 'GET', { detail: 'Method Not Allowed' }])
})
