/**
 * Values beyond JSON's own: dates, durations, UUIDs, decimals, sets and bytes.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/extra-data-types/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { jsonable } from '../../plugins/response-model/index.ts'
import { Bytes, Decimal, Duration, Embed, Nullable, OffsetDateTime, OffsetTime, PlainDate, SetOf, Uuid } from '../../plugins/types/index.ts'

const Shipment = Type.Object({
  id: Uuid(),
  created: OffsetDateTime(),
  day: PlainDate(),
  at: OffsetTime(),
  within: Duration(),
  price: Decimal(),
  labels: SetOf(Type.String(), { frozen: true, default: [] }),
  payload: Bytes({ default: '' })
}, { title: 'Shipment' })

const types: FastifyPluginAsyncTypebox = async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Read Items',
      params: Type.Object({ item_id: Uuid() }),
      body: Embed({
        start_datetime: OffsetDateTime(),
        end_datetime: OffsetDateTime(),
        process_after: Duration(),
        repeat_at: Nullable(OffsetTime(), { default: null })
      })
    }
  }, async ({ params, body }) => {
    const start = body.start_datetime.add(body.process_after)
    // Without a response model, `jsonable` writes a duration in seconds, and UTC as `+00:00`, as FastAPI's encoder does.
    return jsonable({ ...params, ...body, start_process: start, duration: start.until(body.end_datetime) })
  })

  app.post('/shipments/', {
    schema: {
      summary: 'Create Shipment',
      body: Shipment,
      response: { 200: Shipment }
    }
  }, async ({ body: shipment }) => shipment)

  app.get('/days/:day', {
    schema: {
      summary: 'Read Day',
      params: Type.Object({ day: PlainDate() }),
      querystring: Type.Object({
        at: Nullable(OffsetTime(), { default: null }),
        within: Nullable(Duration(), { default: null })
      })
    }
  }, async ({ params: { day }, query: { at, within } }) => jsonable({ day, at, within }))
}

export default types
