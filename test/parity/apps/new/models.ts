import { type TObject, type TProperties, Type } from '@fastify/type-provider-typebox'
import { dependency as declare } from '../../../../plugins/dependencies/index.ts'
import { Models, Nullable } from '../../../../plugins/types/index.ts'
import { parityApp } from '../app.ts'

const Page = Type.Object({ limit: Type.Integer({ default: 10, minimum: 1 }), offset: Type.Integer({ default: 0 }) }, { title: 'Page' })
const Dates = Type.Object({ start: Type.String(), end: Type.String() }, { title: 'Dates' })
const Forbid = Type.Object({ z: Type.Integer({ default: 1 }) }, { title: 'Forbid', additionalProperties: false })
const Allow = Type.Object({ k: Type.Integer() }, { title: 'Allow', additionalProperties: true })
const Client = Type.Object({ x_name: Type.String(), x_size: Type.Integer({ default: 0 }) }, { title: 'Client' })

const orNone = <T extends TProperties>(model: TObject<T>) => Nullable(model, { default: null })
const text = Nullable(Type.String(), { default: null })

const dep = declare({ query: Models({ d: orNone(Dates) }) }, ({ query: { d } }) => d)

export default parityApp(async app => {
  const response = { 200: Type.Any() }
  app.get('/two', { schema: { querystring: Models({ p: Page, d: Dates, s: text }), response } }, async function two ({ query: { p, d, s } }) { return [p, d, s] })
  app.get('/optional', { schema: { querystring: Models({ p: Page, d: orNone(Dates), s: text }), response } }, async function optional ({ query: { p, d, s } }) { return [p, d, s] })
  app.get('/nullable', { schema: { querystring: Models({ d: Nullable(Dates) }), response } }, async function nullable ({ query: { d } }) { return d })
  app.get('/forbid', { schema: { querystring: Models({ p: Page, f: Forbid }), response } }, async function forbid ({ query: { p, f } }) { return [p, f] })
  app.get('/forbid-optional', {
    schema: { querystring: Models({ s: Type.String({ default: '' }), f: orNone(Forbid) }), response }
  }, async function forbido ({ query: { s, f } }) { return [s, f] })
  app.get('/allow', { schema: { querystring: Models({ s: Type.String(), a: orNone(Allow) }), response } }, async function allow ({ query: { s, a } }) { return [s, a] })
  app.get('/same', {
    schema: { querystring: Models({ a: Page, limit: Type.String({ default: 'x' }) }), response }
  }, async function same ({ query: { a, limit } }) { return [a, limit] })
  app.get('/dependency', {
    config: { depends: { d: dep } },
    schema: { querystring: Models({ p: Page }), response }
  }, async function dependency ({ query: { p }, deps: { d } }) { return [p, d] })
  app.get('/header', { schema: { headers: Models({ c: orNone(Client) }), response } }, async function header ({ headers: { c } }) { return c })
  app.get('/header-allow', { schema: { headers: Models({ c: orNone(Allow) }), response } }, async function headera ({ headers: { c } }) { return c })
  app.get('/header-two', {
    schema: { headers: Models({ c: Client, d: orNone(Dates), x_other: text }), response }
  }, async function headert ({ headers: { c, d, x_other: other } }) { return [c, d, other] })
  app.get('/cookie', { schema: { cookies: Models({ c: orNone(Dates) }), response } }, async function cookie ({ cookieParams: { c } }) { return c })
})
