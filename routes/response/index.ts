/**
 * Response models: what leaves, whatever the handler returns.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/response-model/
 * @see https://fastapi.tiangolo.com/tutorial/extra-models/
 */

import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import { NotFound } from '../../plugins/errors/index.ts'
import { Email, Nullable } from '../../plugins/types/index.ts'

const user = {
  username: Type.String(),
  email: Email(),
  full_name: Nullable(Type.String(), { default: null })
}
const { username, ...contact } = user
const UserIn = Type.Object({ username, password: Type.String(), ...contact }, { title: 'UserIn' })
const UserOut = Type.Object(user, { title: 'UserOut' })
const UserOutFakedPW = Type.Object({ username, faked_password: Type.String(), ...contact }, { title: 'UserOutFakedPW' })

// Optional for the handlers: what they leave out is filled in.
const Item = Type.Object({
  name: Type.String(),
  description: Type.Optional(Nullable(Type.String(), { default: null })),
  price: Type.Number(),
  tax: Type.Optional(Type.Number({ default: 10.2 })),
  tags: Type.Optional(Type.Array(Type.String(), { default: [] }))
}, { title: 'Item' })

const CarItem = Type.Object({ description: Type.String(), type: Type.String({ default: 'car' }) }, { title: 'CarItem' })
const PlaneItem = Type.Object({ description: Type.String(), type: Type.String({ default: 'plane' }), size: Type.Integer() }, { title: 'PlaneItem' })
const Vehicle = Type.Union([PlaneItem, CarItem])

const ItemName = Type.Object({ item_id: Type.String() })

const response: FastifyPluginAsyncTypebox = async app => {
  const items = new Map([
    ['foo', { name: 'Foo', price: 50.3 }],
    ['bar', { name: 'Bar', description: 'The bartenders', price: 62, tax: 20.2 }],
    ['baz', { name: 'Baz', description: null, price: 50.3, tax: 10.8, tags: [] }]
  ])
  const vehicles = new Map([
    ['item1', { description: 'All my friends drive a low rider', type: 'car' }],
    ['item2', { description: "Music is my aeroplane, it's my aeroplane", type: 'plane', size: 5 }]
  ])

  /** The tutorial does not ask whether a thing is there, which makes it a 500. */
  function read<T> (things: ReadonlyMap<string, T>, name: string): T {
    const thing = things.get(name)
    if (thing === undefined) throw new NotFound('Item not found')
    return thing
  }

  app.post('/user/', {
    schema: {
      summary: 'Create User',
      body: UserIn,
      response: { 200: UserOut }
    }
  }, async ({ body }) => body)

  app.post('/user/hashed/', {
    schema: {
      summary: 'Create User Hashed',
      body: UserIn,
      response: { 200: UserOutFakedPW }
    }
  }, async ({ body }) => ({ ...body, faked_password: `secret${body.password}` }))

  app.get('/items/:item_id', {
    config: { response: { excludeUnset: true } },
    schema: {
      summary: 'Read Item',
      params: ItemName,
      response: { 200: Item }
    }
  }, async ({ params }) => read(items, params.item_id))

  app.get('/items/:item_id/full', {
    schema: {
      summary: 'Read Item Full',
      params: ItemName,
      response: { 200: Item }
    }
  }, async ({ params }) => read(items, params.item_id))

  app.get('/items/:item_id/public', {
    config: { response: { exclude: ['price'] } },
    schema: {
      summary: 'Read Item Public Data',
      params: ItemName,
      response: { 200: Item }
    }
  }, async ({ params }) => read(items, params.item_id))

  app.get('/items/:item_id/name', {
    config: { response: { include: ['name', 'description', 'tax'] } },
    schema: {
      summary: 'Read Item Name',
      params: ItemName,
      response: { 200: Item }
    }
  }, async ({ params }) => read(items, params.item_id))

  app.get('/items/:item_id/nodefaults', {
    config: { response: { excludeDefaults: true } },
    schema: {
      summary: 'Read Item Nodefaults',
      params: ItemName,
      response: { 200: Item }
    }
  }, async ({ params }) => read(items, params.item_id))

  app.get('/items/:item_id/nonull', {
    config: { response: { excludeNull: true } },
    schema: {
      summary: 'Read Item Nonull',
      params: ItemName,
      response: { 200: Item }
    }
  }, async ({ params }) => read(items, params.item_id))

  app.get('/vehicles/:item_id', {
    schema: {
      summary: 'Read Vehicle',
      params: ItemName,
      response: { 200: Vehicle }
    }
  }, async ({ params }) => read(vehicles, params.item_id))

  app.get('/vehicles/', {
    schema: {
      summary: 'Read Vehicles',
      response: { 200: Type.Array(Vehicle) }
    }
  }, async () => [...vehicles.values()])

  app.get('/weights/', {
    schema: {
      summary: 'Read Weights',
      response: { 200: Type.Record(Type.String(), Type.Number()) }
    }
  }, async () => readWeights())

  // What a model refuses is a 500 that shows nothing of it.
  app.get('/broken/', {
    schema: {
      summary: 'Broken',
      response: { 200: Item }
    }
  }, async () => readBroken())
}

// As a driver returns them, of which no type knows better.
const readWeights = (): Record<string, number> => JSON.parse('{ "foo": 2.3, "bar": 3, "baz": "4.5" }')
const readBroken = (): Static<typeof Item> => JSON.parse('{ "name": "x", "price": "not a number", "secret": "s3cret" }')

export default response
