import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

t.test('an underscore is a hyphen on the wire, unless it is to stay', async t => {
  const items = await app.inject({ url: '/header/items/', headers: { 'user-agent': 'A', 'users-agent': 'B', users_agent: 'C' } })
  t.same(items.json(), [{ 'User-Agent': 'A' }, { AAAAA: 'A' }, { ABCD: 'B' }])

  const counted = await app.inject({ url: '/header/counted/', headers: { 'x-count': '2', strange_header: 's', 'strange-header': 'no' } })
  t.same(counted.json(), { count: 2, strange: 's' })
})

t.test('a list has one element a header line, commas or not', async t => {
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const [response]: IncomingMessage[] = await once(get(`${origin}/header/tokens/`, { headers: { 'x-token': ['foo, bar', 'baz'] } }), 'response') as [IncomingMessage]
  t.same(JSON.parse(await text(response!)), { 'X-Token values': ['foo, bar', 'baz'] })

  t.same((await app.inject('/header/tokens/')).json(), { 'X-Token values': null })
})

t.test('a header is a number where that is declared, and errors name it as it is sent', async t => {
  const answer = await app.inject({ url: '/header/counted/', headers: { 'x-count': 'z' } })
  t.same([answer.statusCode, answer.json().detail], [422, [{
    type: 'int_parsing', loc: ['header', 'x-count'], msg: 'Input should be a valid integer, unable to parse string as an integer', input: 'z'
  }]])
  t.match((await app.inject('/header/counted/')).json().detail, [{ type: 'missing', loc: ['header', 'x-count'] }])
})
