import { Type } from '@sinclair/typebox'
import { parityApp } from '../app.ts'

const Item = Type.Object({ name: Type.String(), price: Type.Number() }, { title: 'Item' })

export default parityApp(async app => {
  const widget = { name: 'widget', price: 9.99 }

  app.get('/default', { schema: { summary: 'Get Default', response: { 200: Item } } }, async () => widget)
  app.get('/explicit', {
    schema: { summary: 'Get Explicit', response: { 200: { content: { 'application/json': { schema: Item } } } } }
  }, async () => widget)
})
