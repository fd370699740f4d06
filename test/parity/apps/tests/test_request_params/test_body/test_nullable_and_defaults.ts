import { type TSchema, Type } from '@fastify/type-provider-typebox'
import { fieldsSet } from '../../../../../../plugins/response-model/index.ts'
import { Embed, Nullable } from '../../../../../../plugins/types/index.ts'
import { parityApp } from '../../../app.ts'

const Int = Type.Integer()

/** The value by itself, or as a field of a model. */
const VALUES: ReadonlyArray<readonly [path: string, name: string, value: TSchema]> = [
  ['/required', 'Required', Nullable(Int)],
  ['/none-default', 'None Default', Type.Optional(Nullable(Int))],
  ['/non-null-default', 'Non Null Default', Nullable(Int, { default: 10 })],
  ['/non-nullable-default', 'Non Nullable Default', Type.Integer({ default: 10 })]
]

const BARE: ReadonlyArray<readonly [path: string, name: string, schema: TSchema]> = [
  ['required', 'Required', Nullable(Int, { title: 'Value' })],
  ['none-default', 'None Default', Type.Optional(Nullable(Int, { title: 'Value' }))],
  ['int-default', 'Int Default', Nullable(Int, { title: 'Value', default: 10 })],
  ['non-nullable-default', 'Non Nullable Default', Type.Integer({ title: 'Value', default: 10 })],
  ['str-default', 'Str Default', Nullable(Type.String(), { title: 'Value', default: 'default' })],
  ['list-default', 'List Default', Type.Optional(Nullable(Type.Array(Int), { title: 'Value' }))]
]

export default parityApp(async app => {
  const response = { 200: Type.Any() }
  for (const [path, name, value] of VALUES) {
    app.post(path, { schema: { summary: `Read ${name}`, body: Embed({ value }), response } }, async ({ body }) => {
      return { value: (body as { value?: unknown }).value ?? null, fields_set: null }
    })
    const Model = Type.Object({ value }, { title: `${name.replaceAll(' ', '')}Model` })
    app.post(`${path}-model`, { schema: { summary: `Read ${name} Model`, body: Model, response } }, async ({ body }) => {
      return { value: (body as { value?: unknown }).value ?? null, fields_set: [...fieldsSet(body as object)] }
    })
  }
  for (const [path, name, body] of BARE) {
    app.post(`/bare-${path}`, { schema: { summary: `Read Bare ${name}`, body, response } }, async ({ body }) => body ?? null)
  }
})
