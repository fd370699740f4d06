import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

t.test('the parts of the path are numbers, bounds included', async t => {
  t.same((await app.inject('/path/items/50')).json(), { item_id: 50, size: 1 })
  t.same((await app.inject('/path/items/100?size=10.49&item-query=hi')).json(), { item_id: 100, size: 10.49, q: 'hi' })
})

t.test('path and query are reported together, the path first', async t => {
  const answer = await app.inject('/path/items/49?size=10.5')
  t.equal(answer.statusCode, 422)
  t.same(answer.json().detail, [
    { type: 'greater_than_equal', loc: ['path', 'item_id'], msg: 'Input should be greater than or equal to 50', input: '49', ctx: { ge: 50 } },
    { type: 'less_than', loc: ['query', 'size'], msg: 'Input should be less than 10.5', input: '10.5', ctx: { lt: 10.5 } }
  ])
})
