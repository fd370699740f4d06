import t from 'tap'
import { build } from '../helper.ts'

t.test('what is stored of a model is its JSON', async t => {
  const app = await build(t)
  const read = async () => (await app.inject('/encoder/item/a')).json()
  t.equal(await read(), null)

  const put = await app.inject({ method: 'PUT', url: '/encoder/item/a', body: { title: 't', timestamp: '2026-01-02T04:04:05+01:00' } })
  t.same([put.statusCode, put.json()], [200, null])
  const { timestamp, ...rest } = await read()
  t.equal(Date.parse(timestamp), Date.parse('2026-01-02T03:04:05Z'))
  t.same(rest, { title: 't', description: null })
})

t.test('what is refused is not stored', async t => {
  const app = await build(t)
  const put = await app.inject({ method: 'PUT', url: '/encoder/item/a', body: { title: 't', timestamp: 'x' } })
  t.match([put.statusCode, put.json().detail], [422, [{ type: 'datetime_from_date_parsing', loc: ['body', 'timestamp'] }]])
  t.equal((await app.inject('/encoder/item/a')).json(), null)
})
