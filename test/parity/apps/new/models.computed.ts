import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

// What a response has that a request has not is another schema, also where one schema stands for both.
const Item = Type.Object({ name: Type.String() }, { title: 'Item' })
const ItemOut = Type.Object({ name: Type.String(), label: Type.String({ readOnly: true }) }, { title: 'Item' })
const Envelope = Type.Recursive(Self => Type.Object({ item: Item, children: Type.Array(Self, { default: [] }) }, { title: 'Envelope' }))
const EnvelopeOut = Type.Recursive(Self => Type.Object({ item: ItemOut, children: Type.Array(Self, { default: [] }) }, { title: 'Envelope' }))
const Plain = Type.Object({ n: Type.Integer({ default: 1 }) }, { title: 'Plain' })

interface Named { readonly name: string }
interface Tree { readonly item: Named, readonly children: readonly Tree[] }

const labelled = ({ name }: Named) => ({ name, label: `Item: ${name}` })
const enveloped = ({ item, children }: Tree): { item: ReturnType<typeof labelled>, children: unknown[] } => ({ item: labelled(item), children: children.map(enveloped) })

export default parityApp(async app => {
  app.post('/item', { schema: { body: Item, response: { 200: ItemOut } } }, async function item ({ body }) { return labelled(body) })
  app.post('/envelope', { schema: { body: Envelope, response: { 200: EnvelopeOut } } }, async function envelope ({ body }) { return enveloped(body as Tree) as never })
  app.post('/plain', { schema: { body: Plain, response: { 200: Plain } } }, async function plain ({ body }) { return body })
  app.get('/by-name', { schema: { querystring: Type.Object({ int_value: Type.Integer() }, { title: 'ByName' }) } }, async function byname ({ query }) { return { legacy: query.int_value } })
}, { docs: { separateInputOutputSchemas: false } })
