import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import validation from '../../../../plugins/validation/index.ts'
import { parityApp } from '../app.ts'

const items: FastifyPluginAsyncTypebox = async app => {
  app.post('/items/', {
    schema: { body: Type.Record(Type.String(), Type.Unknown()) }
  }, async ({ body: data }) => data)
}

export default parityApp(async app => {
  await app.register(items, { prefix: '/outer/default' })

  await app.register(async strict => {
    await strict.register(validation, { strictContentType: true })
    await strict.register(items)
  }, { prefix: '/outer/strict' })
}, { validation: { strictContentType: false } })
