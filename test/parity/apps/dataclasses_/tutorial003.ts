import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String(), { default: null })
}, { title: 'Item' })

const Author = Type.Object({
  name: Type.String(),
  items: Type.Optional(Type.Array(Item))
}, { title: 'Author' })

export default parityApp(async app => {
  app.post('/authors/:author_id/items/', {
    schema: {
      summary: 'Create Author Items',
      params: Type.Object({ author_id: Type.String() }),
      body: Type.Array(Item, { title: 'Items' }),
      response: { 200: Author }
    }
  }, async ({ params: { author_id: name }, body: items }) => ({ name, items }))

  app.get('/authors/', {
    schema: { summary: 'Get Authors', response: { 200: Type.Array(Author) } }
  }, async () => [
    {
      name: 'Breaters',
      items: [
        { name: 'Island In The Moon', description: "A place to be playin' and havin' fun" },
        { name: 'Holy Buddies', description: null }
      ]
    },
    {
      name: 'System of an Up',
      items: [
        { name: 'Salt', description: "The kombucha mushroom people's favorite" },
        { name: 'Pad Thai', description: null },
        { name: 'Lonely Night', description: 'The mostests lonliest nightiest of allest' }
      ]
    }
  ])
})
