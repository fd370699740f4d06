// Compiled, never run.
import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import { dependency } from '../../plugins/dependencies/index.ts'
import { Conflict } from '../../plugins/errors/index.ts'
import apikit, { type ApikitOptions, explain, type ScopeSummary, scopesOf } from '../../plugins/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Compiles when the type of a value is the one expected, neither wider nor narrower. */
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()

// Each option has the type of its plugin.
app.register(apikit)
app.register(apikit, { docs: { title: 'Shop' }, cors: true, timing: { digits: 3 }, db: { url: 'sqlite::memory:' }, static: [{ root: '.' }], security: false })
app.register(apikit, { templates: { root: '.' }, settings: { schema: Type.Object({}) }, prefix: '/ignored' })
// @ts-expect-error -- digits is a number
app.register(apikit, { timing: { digits: '3' } })
// @ts-expect-error -- there is no such option
app.register(apikit, { dosc: false })
// @ts-expect-error -- nor such an option of docs
app.register(apikit, { docs: { titel: 'Shop' } })
// @ts-expect-error -- templates cannot do without a root
app.register(apikit, { templates: true })
// @ts-expect-error -- only static may be several
app.register(apikit, { docs: [{}] })

const options: ApikitOptions = {}
// @ts-expect-error -- they are read only
options.docs = false

// The standard set is declared, and handlers are inferred.
const user = dependency(() => ({ name: 'alice' }))
app.depends({ user }).inherit({ tags: ['a'] }).guard({ default: 'allow' })
app.handle(Conflict, async () => 'no')
app.get('/:id', {
  config: { depends: { user }, public: true, response: { exclude: ['secret'] } },
  schema: { params: Type.Object({ id: Type.Integer() }), cookies: Type.Object({ seen: Type.Optional(Type.Boolean()) }), tags: ['b'], openapiExtra: {} }
}, async ({ params, deps, cookieParams }) => {
  same<number>()(params.id)
  same<{ name: string }>()(deps.user)
  same<boolean | undefined>()(cookieParams.seen)
})

// A function that is registered says itself which type provider it has.
const items: FastifyPluginAsyncTypebox = async router => {
  router.depends({ user })
  router.get('/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async ({ params }) => same<number>()(params.id))
}
app.register(items, { prefix: '/items' })
app.register(async (router: typeof app) => {
  router.get('/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async ({ params }) => same<number>()(params.id))
}, { prefix: '/more' })

same<string>()(explain(app))
same<string>()(explain(app, 'GET /:id'))
same<readonly ScopeSummary[]>()(scopesOf(app))
