import { Type } from '@fastify/type-provider-typebox'
import { DateTime, Duration, Embed, Nullable, PlainTime, Uuid } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
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
    const delay = body.process_after.total('seconds')
    const start = new Date(body.start_datetime.getTime() + delay * 1000)
    return {
      ...params,
      ...body,
      process_after: delay,
      start_process: start,
      duration: (body.end_datetime.getTime() - start.getTime()) / 1000
    }
  })
})
