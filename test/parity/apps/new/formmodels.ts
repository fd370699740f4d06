import { Type } from '@fastify/type-provider-typebox'
import { File, Form, FormModels, Literal, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Person = Form({ kind: Literal(['person']), name: Type.String(), news: Type.Boolean({ default: false }) }, { title: 'Person' })
const Company = Form({ kind: Literal(['company']), vat: Type.String(), n: Type.Array(Type.Integer(), { default: [] }) }, { title: 'Company' })
const Addr = Form({ street: Type.String(), zip: Nullable(Type.Integer(), { default: null }) }, { title: 'Addr' })
const Dates = Form({ start: Type.String(), end: Type.String() }, { title: 'Dates' })
const Strict = Form({ a: Type.Integer() }, { title: 'Strict', additionalProperties: false })

const discriminator = { propertyName: 'kind' }
const note = Type.String({ default: 'n' })

export default parityApp(async app => {
  const response = { 200: Type.Any() }
  app.post('/two', { schema: { body: FormModels({ p: Addr, d: Dates, note }), response } }, async function two ({ body: { p, d, note } }) { return [p, d, note] })
  app.post('/optional', { schema: { body: FormModels({ a: Nullable(Addr, { default: null }), note }), response } }, async function optional ({ body: { a, note } }) { return [a, note] })
  app.post('/only', { schema: { body: Nullable(Addr, { default: null, title: 'A' }), response } }, async function only ({ body: a }) { return a })
  app.post('/nullable', { schema: { body: Nullable(Addr, { title: 'A' }), response } }, async function nullable ({ body: a }) { return a })
  app.post('/union', { schema: { body: Type.Union([Person, Company], { discriminator, title: 'C' }), response } }, async function union ({ body: c }) { return c })
  app.post('/union-optional', {
    schema: { body: FormModels({ c: Type.Union([Person, Company, Type.Null()], { discriminator, default: null }), note }), response }
  }, async function uniono ({ body: { c, note } }) { return [c, note] })
  app.post('/union-plain', { schema: { body: Type.Union([Person, Company], { title: 'C' }), response } }, async function unionp ({ body: c }) { return c })
  app.post('/strict', { schema: { body: FormModels({ s: Strict, note }), response } }, async function strict ({ body: { s, note } }) { return [s, note] })
  app.post('/with-file', {
    schema: { body: FormModels({ a: Addr, f: Nullable(File(), { default: null }) }), response }
  }, async function withfile ({ body: { a, f } }) { return [a, f && f.filename] })
})
