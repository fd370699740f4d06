import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Item = Type.Object({
  name: Type.String({ alias: 'aliased_name' }),
  price: Type.Optional(Nullable(Type.Number(), { default: null })),
  owner_ids: Type.Optional(Nullable(Type.Array(Type.Integer()), { default: null }))
}, { title: 'Item' })

const Items = Type.Array(Item)
const ItemsByKey = Type.Record(Type.String(), Item)

const valid = { name: 'valid', price: 1.0 }
const coerced = { name: 'coerce', price: '1.0' as never }
const foo = { name: 'foo' }
const bar = { name: 'bar', price: 1.0 }
const baz = { name: 'baz', price: 2.0, owner_ids: [1, 2, 3] }

/** Each route twice: with the defaults, and without what is not set. */
export default parityApp(async app => {
  for (const [suffix, words, excludeUnset] of [['', '', false], ['-exclude-unset', ' Exclude Unset', true]] as const) {
    const config = { response: { excludeUnset } }
    app.get(`/items/valid${suffix}`, { config, schema: { summary: `Get Valid${words}`, response: { 200: Item } } }, async () => valid)
    app.get(`/items/coerce${suffix}`, { config, schema: { summary: `Get Coerce${words}`, response: { 200: Item } } }, async () => coerced)
    app.get(`/items/validlist${suffix}`, { config, schema: { summary: `Get Validlist${words}`, response: { 200: Items } } }, async () => [foo, bar, baz])
    app.get(`/items/validdict${suffix}`, { config, schema: { summary: `Get Validdict${words}`, response: { 200: ItemsByKey } } }, async () => ({ k1: foo, k2: bar, k3: baz }))
  }
})
