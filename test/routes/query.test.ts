import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const found = { items: [{ item_id: 'Foo' }, { item_id: 'Bar' }] }

t.test('skip and limit cut the list, and count from its end when negative', async t => {
  const cases = [
    ['', ['Foo', 'Bar', 'Baz']],
    ['?skip=1', ['Bar', 'Baz']],
    ['?limit=1&skip=2', ['Baz']],
    ['?skip=-1', ['Baz']],
    ['?limit=-1', ['Foo', 'Bar']],
    ['?skip=3', []]
  ] as const
  for (const [query, names] of cases) {
    const answer = await app.inject(`/query/items/${query}`)
    t.same(answer.json(), names.map(name => ({ item_name: name })), query)
  }
})

t.test('all that is wrong with a query is said in one answer', async t => {
  const answer = await app.inject('/query/items/?skip=1.5&limit=y')
  const msg = 'Input should be a valid integer, unable to parse string as an integer'
  t.equal(answer.statusCode, 422)
  t.same(answer.json().detail, [
    { type: 'int_parsing', loc: ['query', 'skip'], msg, input: '1.5' },
    { type: 'int_parsing', loc: ['query', 'limit'], msg, input: 'y' }
  ])
})

t.test('a list takes every value of its name, and has a default', async t => {
  t.same((await app.inject('/query/items/list/?q=a&q=b%20c&q=')).json(), { q: ['a', 'b c', ''] })
  t.same((await app.inject('/query/items/list/')).json(), { q: ['fool', 'bar'] })
})

t.test('a text is bounded in characters before it is matched', async t => {
  t.same((await app.inject('/query/items/1/')).json(), found)
  t.same((await app.inject('/query/items/1/?q=nice')).json(), { ...found, q: 'nice' })

  const cases = [['😀😀', 'string_too_short'], ['x'.repeat(51), 'string_too_long'], ['notnice', 'string_pattern_mismatch']] as const
  for (const [q, type] of cases) {
    const answer = await app.inject({ url: '/query/items/1/', query: { q } })
    t.same([answer.statusCode, answer.json().detail.map((issue: { type: string }) => issue.type)], [422, [type]])
  }
})

t.test('an alias is the name on the wire, and the only one', async t => {
  t.same((await app.inject('/query/items/2?item-query=z')).json(), { ...found, q: 'z' })
  t.same((await app.inject('/query/items/2?q=z')).json(), found)
})
