/** Compiled by `tsc -p test`, never run. */

import { type FastifyPluginAsyncTypebox, Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { dependency } from '../../plugins/dependencies/index.ts'
import responseModel, { applyPatch, fieldsSet, jsonable } from '../../plugins/response-model/index.ts'
import { DateTime, Nullable, SetOf } from '../../plugins/types/index.ts'

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()

app.register(responseModel)
app.register(responseModel, { undeclared: 'drop' })
// @ts-expect-error -- error or drop
app.register(responseModel, { undeclared: 'ignore' })

const Owner = Type.Object({ id: Type.Integer(), name: Type.String() })
const Item = Type.Object({
  name: Type.String(),
  at: DateTime(),
  note: Nullable(Type.String()),
  price: Type.Number({ default: 1 }),
  tags: SetOf(Type.String()),
  owners: Type.Array(Owner)
})
const item = { name: 'a', at: new Date(), note: null, price: 1, tags: new Set(['t']), owners: [{ id: 1, name: 'b' }] }
const schema = { params: Type.Object({ id: Type.Integer() }), response: { 200: Item, 404: Type.Object({ detail: Type.String() }) } }

// Without config.response all of the model is returned, and a mistake is told at the handler.
app.get('/', { schema }, async () => item)
// @ts-expect-error -- a price is missing
app.get('/', { schema }, async () => ({ ...item, price: undefined }))
app.get('/', {
  schema
  // @ts-expect-error -- the name is no number, here and nowhere else
}, async () => ({ ...item, name: 5 }))

// What is excluded need not be returned, and may be.
app.get('/', { config: { response: { exclude: ['price', 'at'] } }, schema }, async ({ params: { id } }) => {
  id.toFixed()
  const { price, at, ...rest } = item
  return rest
})
app.get('/', { config: { response: { exclude: ['price'] } }, schema }, async () => item)
app.get('/', {
  config: { response: { exclude: ['price'] } },
  schema
  // @ts-expect-error -- the name is sent
}, async () => ({ ...item, name: undefined }))

// What is not included need not either.
app.get('/', { config: { response: { include: ['name'] } }, schema }, async () => ({ name: 'a' }))
// @ts-expect-error -- the note is included
app.get('/', { config: { response: { include: ['name', 'note'] } }, schema }, async () => ({ name: 'a' }))

// At any depth.
app.get('/', { config: { response: { exclude: { owners: ['name'] } } }, schema }, async () => ({ ...item, owners: [{ id: 1 }] }))
app.get('/', { config: { response: { include: { owners: { id: true } } } }, schema }, async () => ({ owners: [{ id: 1 }] }))
// @ts-expect-error -- the id is sent
app.get('/', { config: { response: { exclude: { owners: ['name'] } } }, schema }, async () => ({ ...item, owners: [{}] }))
app.get('/', { config: { response: { exclude: ['id'] } }, schema: { response: { 200: Type.Array(Owner) } } }, async () => [{ name: 'a' }])

// What may be unset, be as by default, or be null need not be there; what is there has its type.
app.get('/', { config: { response: { excludeUnset: true } }, schema }, async () => ({ name: 'a', owners: [{ id: 1 }] }))
app.get('/', { config: { response: { excludeDefaults: true } }, schema }, async () => ({ name: 'a' }))
app.get('/', { config: { response: { excludeNull: true } }, schema }, async () => {
  const { note, ...rest } = item
  return rest
})
// @ts-expect-error -- the name cannot be null
app.get('/', { config: { response: { excludeNull: true } }, schema }, async () => ({ ...item, name: undefined }))
app.get('/', {
  config: { response: { excludeUnset: true } },
  schema
  // @ts-expect-error -- a date is a Date
}, async () => ({ at: 5 }))
app.get('/', { config: { response: { excludeUnset: false, byAlias: false } }, schema }, async () => item)

// Errors are sent whole; what is answered by status has the type of that status.
app.get('/', { config: { response: { exclude: ['price'] } }, schema }, async (_request, reply) => {
  // @ts-expect-error -- 404 has a detail
  reply.code(404).send({})
  const { price, ...rest } = item
  return reply.code(200).send(rest)
})

// Dependencies and the types of plugins are as ever.
const one = dependency(() => 1)
const plugin: FastifyPluginAsyncTypebox = async app => {
  app.get('/', { config: { depends: { one }, response: { exclude: ['price'] } }, schema }, async ({ deps }) => {
    deps.one.toFixed()
    const { price, ...rest } = item
    return rest
  })
  app.route({ method: 'GET', url: '/', config: { response: { exclude: ['price'] } }, schema, handler: async () => item })
  app.route({
    method: 'GET',
    url: '/',
    config: { depends: { one }, response: { exclude: ['price'] } },
    schema,
    handler: async ({ deps }) => {
      const { price, ...rest } = item
      return { ...rest, name: String(deps.one.toFixed()) }
    }
  })
  app.route({ method: 'GET', url: '/', schema, handler: async ({ params }) => ({ ...item, name: String(params.id.toFixed()) }) })
  app.route({
    method: 'GET',
    url: '/',
    schema,
    // @ts-expect-error -- the price is missing, and the message stands here
    handler: async () => ({ ...item, price: undefined })
  })
}
app.register(plugin)

app.inherit({ response: { excludeNull: true } })
// @ts-expect-error -- true or false
app.inherit({ response: { excludeNull: 1 } })

const patched: { name: string, price: number } = applyPatch({ name: 'a', price: 1 }, { price: 2 })
// @ts-expect-error -- a price is a number
applyPatch({ name: 'a', price: 1 }, { price: 'x' })
const names: ReadonlySet<'name' | 'price'> = fieldsSet(patched)
names.has('name')
// @ts-expect-error -- there is no such field
names.has('nmae')
jsonable(new Date(), { schema: DateTime() })
