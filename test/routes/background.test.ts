import { mkdirSync } from 'node:fs'
import t from 'tap'
import { build } from '../helper.ts'

t.test('messages are written after the response, those of the dependency first', async t => {
  const before = process.cwd()
  process.chdir(t.testdir())
  t.teardown(() => { process.chdir(before) })
  const app = await build(t)
  t.same((await app.inject('/background/log/')).json(), [])
  const answer = await app.inject({ method: 'POST', url: '/background/send-notification/ann@example.com?q=news' })
  t.same(answer.json(), { message: 'Message sent' })
  await app.tasks.drain()
  t.same((await app.inject('/background/log/')).json(), ['found query: news\n', 'message to ann@example.com\n'])
})

t.test('a log that cannot be read is a failure, not an empty log', async t => {
  const before = process.cwd()
  process.chdir(t.testdir())
  t.teardown(() => { process.chdir(before) })
  const app = await build(t)
  mkdirSync('log.txt')
  t.equal((await app.inject('/background/log/')).statusCode, 500)
})
