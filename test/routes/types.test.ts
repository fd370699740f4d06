import t from 'tap'
import { build } from '../helper.ts'

const app = await build(t)

const id = 'cf29cb0e-5a4f-4b8f-8f5e-3c5c4a9d1b2e'
const shipment = {
  id, created: '2026-01-02T03:04:05.500Z', day: '2026-01-02', at: '03:04:05', within: 'P1DT2H', price: '1.10', labels: ['a'], payload: 'hé'
}

t.test('dates and durations are reckoned with in the handler', async t => {
  const answer = await app.inject({
    method: 'PUT',
    url: `/types/items/${id.toUpperCase()}`,
    body: { start_datetime: '2018-12-22T16:00:00+02:00', end_datetime: '2018-12-24T15:00:00Z', process_after: 'PT5M', repeat_at: '15:30' }
  })
  const { start_process: start, ...rest } = answer.json()
  t.equal(Date.parse(start), Date.parse('2018-12-22T14:05:00Z'))
  t.match(rest, { item_id: id, process_after: 300, repeat_at: '15:30:00', duration: 176100 })
})

t.test('a response model writes each type as it was read', async t => {
  const post = async (body: object) => (await app.inject({ method: 'POST', url: '/types/shipments/', body })).json()
  const { created, ...rest } = await post(shipment)
  t.equal(Date.parse(created), Date.parse(shipment.created))
  t.same({ created: shipment.created, ...rest }, shipment)

  t.match(await post({ ...shipment, within: 90, price: '1e3', labels: ['a', 'a'], at: '03:04' }), {
    within: 'PT1M30S', price: '1E+3', labels: ['a'], at: '03:04:00'
  })
  const { labels, payload, ...required } = shipment
  t.match(await post(required), { labels: [], payload: '' })
})

t.test('each type says what is wrong with its text', async t => {
  const answer = await app.inject({
    method: 'POST', url: '/types/shipments/', body: { id: 'x', created: 'x', day: 'x', at: 'x', within: 'x', price: 'x', labels: 'x', payload: 5 }
  })
  t.equal(answer.statusCode, 422)
  t.same(answer.json().detail.map(({ loc: [, field], type }: { loc: string[], type: string }) => [field, type]), [
    ['id', 'uuid_parsing'],
    ['created', 'datetime_from_date_parsing'],
    ['day', 'date_from_datetime_parsing'],
    ['at', 'time_parsing'],
    ['within', 'time_delta_parsing'],
    ['price', 'decimal_parsing'],
    ['labels', 'frozen_set_type'],
    ['payload', 'bytes_type']
  ])
})

t.test('they stand in paths and queries as well', async t => {
  t.same((await app.inject('/types/days/2026-01-02')).json(), { day: '2026-01-02', at: null, within: null })
  t.same((await app.inject('/types/days/2026-01-02?at=10:20&within=PT1H')).json(), { day: '2026-01-02', at: '10:20:00', within: 3600 })
  t.match((await app.inject('/types/days/2026-02-30')).json().detail, [{ type: 'date_from_datetime_parsing', loc: ['path', 'day'] }])
})
