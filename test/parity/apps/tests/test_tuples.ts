import { Type } from '@fastify/type-provider-typebox'
import { Form } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const ItemGroup = Type.Object({
  items: Type.Array(Type.Tuple([Type.String(), Type.String()]))
}, { title: 'ItemGroup' })

const Coordinate = Type.Object({
  x: Type.Number(),
  y: Type.Number()
}, { title: 'Coordinate' })

export default parityApp(async app => {
  app.post('/model-with-tuple/', {
    schema: {
      summary: 'Post Model With Tuple',
      body: ItemGroup
    }
  }, async ({ body: group }) => group)

  app.post('/tuple-of-models/', {
    schema: {
      summary: 'Post Tuple Of Models',
      body: Type.Tuple([Coordinate, Coordinate], { title: 'Square' })
    }
  }, async ({ body: square }) => square)

  app.post('/tuple-form/', {
    schema: {
      summary: 'Hello',
      body: Form({ values: Type.Tuple([Type.Integer(), Type.Integer()]) })
    }
  }, async ({ body: { values } }) => values)
})
