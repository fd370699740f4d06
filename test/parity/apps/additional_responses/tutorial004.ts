import { Type } from '@sinclair/typebox'
import { sendFile } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'
import { hero, Item, ItemId } from './item.ts'

const described = {
  302: { description: 'The item was moved' },
  403: { description: 'Not enough privileges' },
  404: { description: 'Item not found' }
}

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: ItemId,
      querystring: Type.Object({ img: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])) }),
      response: {
        ...described,
        200: { content: { 'application/json': { schema: Item }, 'image/png': { schema: Type.Any() } } }
      }
    }
  }, async ({ query: { img } }, reply) => {
    return img === true ? sendFile(reply, new URL('image.png', import.meta.url)) : hero
  })
})
