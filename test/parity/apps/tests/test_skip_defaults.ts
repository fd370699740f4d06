import { Type } from '@fastify/type-provider-typebox'
import { Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const optional = Nullable(Type.String(), { default: null })

const SubModel = Type.Object({ a: Nullable(Type.String(), { default: 'foo' }) }, { title: 'SubModel' })
const Model = Type.Object({ x: Nullable(Type.Integer(), { default: null }), sub: SubModel }, { title: 'Model' })
const ModelDefaults = Type.Object({
  w: optional,
  x: optional,
  y: Type.String({ default: 'y' }),
  z: Type.String({ default: 'z' })
}, { title: 'ModelDefaults' })

export default parityApp(async app => {
  app.get('/', {
    config: { response: { excludeUnset: true } },
    schema: { summary: 'Get Root', response: { 200: Model } }
  }, async () => ({ sub: {}, y: 1, z: 0 }))

  app.get('/exclude_unset', {
    config: { response: { excludeUnset: true } },
    schema: { summary: 'Get Exclude Unset', response: { 200: ModelDefaults } }
  }, async () => ({ x: null, y: 'y' }))

  app.get('/exclude_defaults', {
    config: { response: { excludeDefaults: true } },
    schema: { summary: 'Get Exclude Defaults', response: { 200: ModelDefaults } }
  }, async () => ({ x: null, y: 'y' }))

  app.get('/exclude_none', {
    config: { response: { excludeNull: true } },
    schema: { summary: 'Get Exclude None', response: { 200: ModelDefaults } }
  }, async () => ({ x: null, y: 'y', z: 'z' }))

  app.get('/exclude_unset_none', {
    config: { response: { excludeUnset: true, excludeNull: true } },
    schema: { summary: 'Get Exclude Unset None', response: { 200: ModelDefaults } }
  }, async () => ({ x: null, y: 'y' }))
})
