import { type Static, Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const CarItem = Type.Object({ description: Type.String(), type: Type.String({ default: 'car' }) }, { title: 'CarItem' })
const PlaneItem = Type.Object({ description: Type.String(), type: Type.String({ default: 'plane' }), size: Type.Integer() }, { title: 'PlaneItem' })
const Vehicle = Type.Union([PlaneItem, CarItem])
const Reversed = Type.Union([CarItem, PlaneItem])
const Scalar = Nullable(Type.Union([Type.Integer(), Type.String(), Type.Number(), Type.Boolean()]))

const ItemName = Type.Object({ item_id: Type.String() })

/** As a driver returns them, of which no type knows better. */
const stored: Record<string, Static<typeof Vehicle>> = JSON.parse(`{
  "item1": { "description": "All my friends drive a low rider", "type": "car" },
  "item2": { "description": "Music is my aeroplane, it's my aeroplane", "type": "plane", "size": 5 },
  "item3": { "description": "no type", "size": 7 },
  "item4": { "description": "neither", "type": "boat" },
  "item5": { "description": "text size", "type": "plane", "size": "8" },
  "item6": { "description": "bad size", "type": "plane", "size": "x" },
  "item7": { "type": "car" },
  "item8": { "description": "extra", "type": "car", "size": 4, "wheels": 4 }
}`)

function read (name: string): Static<typeof Vehicle> {
  const item = stored[name]
  if (item === undefined) throw new Error(`there is no item ${name}`)
  return item
}

function modelOf (item: Static<typeof Vehicle>): string {
  return 'size' in item ? 'PlaneItem' : 'CarItem'
}

export default parityApp(async app => {
  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: ItemName,
      response: { 200: Vehicle }
    }
  }, async ({ params: { item_id: name } }) => read(name))

  app.get('/reversed/:item_id', {
    schema: {
      summary: 'Read Reversed',
      params: ItemName,
      response: { 200: Reversed }
    }
  }, async ({ params: { item_id: name } }) => read(name))

  app.get('/models/:kind', {
    schema: {
      summary: 'Read Model',
      params: Type.Object({ kind: Type.String() }),
      response: { 200: Vehicle }
    }
  }, async ({ params: { kind } }) => kind === 'plane' ? { description: 'p', type: 'plane', size: 1 } : { description: 'c', type: 'car' })

  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      body: Type.Union([PlaneItem, CarItem], { title: 'Item' })
    }
  }, async ({ body: item }) => ({ model: modelOf(item), item }))

  app.post('/reversed/', {
    schema: {
      summary: 'Create Reversed',
      body: Type.Union([CarItem, PlaneItem], { title: 'Item' })
    }
  }, async ({ body: item }) => ({ model: modelOf(item), item }))

  app.post('/scalars/', {
    schema: {
      summary: 'Create Scalar',
      querystring: Type.Object({ value: Scalar })
    }
  }, async ({ query: { value } }) => ({ value }))
})
