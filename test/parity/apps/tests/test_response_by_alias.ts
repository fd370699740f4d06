import { Type } from '@fastify/type-provider-typebox'
import { parityApp } from '../app.ts'

const Model = Type.Object({ name: Type.String({ alias: 'alias' }) }, { title: 'Model' })
const ModelNoAlias = Type.Object({ name: Type.String() }, { title: 'ModelNoAlias', description: 'response_model_by_alias=False is basically a quick hack, to support proper OpenAPI use another model with the correct field names' })

const foo = { name: 'Foo' }
const both = [foo, { name: 'Bar' }]
const config = { response: { byAlias: false } }

export default parityApp(async app => {
  app.get('/dict', { config, schema: { summary: 'Read Dict', response: { 200: Model } } }, async () => foo)
  app.get('/model', { config, schema: { summary: 'Read Model', response: { 200: Model } } }, async () => foo)
  app.get('/list', { config, schema: { summary: 'Read List', response: { 200: Type.Array(Model) } } }, async () => both)

  app.get('/by-alias/dict', { schema: { summary: 'By Alias Dict', response: { 200: Model } } }, async () => foo)
  app.get('/by-alias/model', { schema: { summary: 'By Alias Model', response: { 200: Model } } }, async () => foo)
  app.get('/by-alias/list', { schema: { summary: 'By Alias List', response: { 200: Type.Array(Model) } } }, async () => both)

  app.get('/no-alias/dict', { schema: { summary: 'No Alias Dict', response: { 200: ModelNoAlias } } }, async () => foo)
  app.get('/no-alias/model', { schema: { summary: 'No Alias Model', response: { 200: ModelNoAlias } } }, async () => foo)
  app.get('/no-alias/list', { schema: { summary: 'No Alias List', response: { 200: Type.Array(ModelNoAlias) } } }, async () => both)
})
