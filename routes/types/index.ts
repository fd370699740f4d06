/**
 * Values beyond JSON's own: dates, durations, UUIDs, decimals, sets and bytes.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/extra-data-types/
 */

import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import { Bytes, DateTime, Decimal, Duration, Embed, Nullable, PlainDate, PlainTime, SetOf, Uuid } from '../../plugins/types/index.ts'

const Shipment = Type.Object({
  id: Uuid(),
  created: DateTime(),
  day: PlainDate(),
  at: PlainTime(),
  within: Duration(),
  price: Decimal(),
  labels: SetOf(Type.String(), { frozen: true, default: [] }),
  payload: Bytes({ default: '' })
}, { title: 'Shipment' })

type Duration = Static<ReturnType<typeof Duration>>

const types: FastifyPluginAsyncTypebox = async app => {
  app.put('/items/:item_id', {
    schema: {
      summary: 'Read Items',
      params: Type.Object({ item_id: Uuid() }),
      body: Embed({
        start_datetime: DateTime(),
        end_datetime: DateTime(),
        process_after: Duration(),
        repeat_at: Nullable(PlainTime(), { default: null })
      })
    }
  }, async ({ params, body }) => {
    const delay = seconds(body.process_after)
    const start = new Date(body.start_datetime.getTime() + delay * 1000)
    return {
      ...params,
      ...body,
      process_after: delay,
      start_process: start,
      duration: (body.end_datetime.getTime() - start.getTime()) / 1000
    }
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
        at: Nullable(PlainTime(), { default: null }),
        within: Nullable(Duration(), { default: null })
      })
    }
  }, async ({ params: { day }, query: { at, within } }) => ({ day, at, within: within && seconds(within) }))
}

/** Without a response model a duration is written in seconds, as FastAPI's encoder does; a model writes it as ISO 8601. */
function seconds (duration: Duration): number {
  return duration.total('seconds')
}

export default types
