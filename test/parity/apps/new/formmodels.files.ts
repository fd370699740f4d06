import { Type } from '@fastify/type-provider-typebox'
import { Bytes, File, Form, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  const response = { 200: Type.Any() }
  app.post('/optional', {
    schema: {
      body: Form({ f: Nullable(File(), { default: null }), l: Type.Array(File(), { default: [] }), b: Nullable(Bytes(), { default: null }) }),
      response
    }
  }, async function optional ({ body: { f, l, b } }) { return [f && f.filename, l.map(({ filename }) => filename), b && b.length] })
  app.post('/required', { schema: { body: Form({ f: File() }), response } }, async function required ({ body: { f } }) { return f.filename })
  app.post('/bytes', { schema: { body: Form({ f: Bytes() }), response } }, async function byts ({ body: { f } }) { return f.length })
  app.post('/list', { schema: { body: Form({ f: Type.Array(File()) }), response } }, async function lst ({ body: { f } }) { return f.map(({ filename }) => filename) })
  app.post('/both', { schema: { body: Form({ b: Bytes({ alias: 'f' }), u: File({ alias: 'f' }) }), response } }, async function both ({ body: { b, u } }) {
    return [b.length, (await u.buffer()).length]
  })
  app.post('/byte-list', { schema: { body: Form({ f: Type.Array(Bytes()) }), response } }, async function bytelist ({ body: { f } }) { return f.map(({ length }) => length) })
  app.post('/fields', {
    schema: { body: Form({ l: Type.Array(Type.String(), { default: ['d'] }), s: Nullable(Type.String(), { default: 'dd' }) }), response }
  }, async function fields ({ body: { l, s } }) { return [l, s] })
  app.post('/checkbox', { schema: { body: Form({ yes: Type.Boolean({ default: false }) }), response } }, async function checkbox ({ body: { yes } }) { return yes })
})
