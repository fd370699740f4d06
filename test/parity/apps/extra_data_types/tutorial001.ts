import { Type } from '@fastify/type-provider-typebox'
import { jsonable } from '../../../../plugins/response-model/index.ts'
import { Duration, Embed, Nullable, OffsetDateTime, OffsetTime, Uuid } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
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
    return jsonable({ ...params, ...body, start_process: start, duration: start.until(body.end_datetime) })
  })
})
