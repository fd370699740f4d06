// Compiled, never run.
import { Type, type FastifyPluginAsyncTypebox, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Decimal as DecimalValue } from 'decimal.js'
import Fastify from 'fastify'
import type { Temporal } from 'temporal-polyfill'
import errors from '../../plugins/errors/index.ts'
import validation, { type Issue, parse, RequestValidationError, ValidationError, type ValidationOptions } from '../../plugins/validation/index.ts'
import { Bytes, DateTime, Decimal, DictOf, Duration, Embed, Enum, ExcludeUnset, Json, Literal, Nullable, PlainDate, PlainTime, Refine, SetOf, Uuid } from '../../plugins/types/index.ts'

const server = Fastify()
server.register(errors)
server.register(validation)

/** Compiles when both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : never
function same<A, B> (_same: Same<A, B>): void {}

// Options.
server.register(validation, { format: 'problem', status: 400, maxIssues: 10, strictContentType: false })
export const options: ValidationOptions = { format: 'fastapi' }
// @ts-expect-error -- there is no such option
server.register(validation, { maxissues: 1 })
// @ts-expect-error -- a format has a name
server.register(validation, { format: 'xml' })
// @ts-expect-error -- a status is a number
export const badOptions: ValidationOptions = { status: '422' }

const Item = Type.Object({
  id: Uuid(),
  price: Decimal(),
  made: DateTime(),
  sold: Type.Optional(PlainDate()),
  tags: SetOf(Type.String(), { default: [] }),
  weights: DictOf(Type.Integer(), Type.Number()),
  thumbnail: Bytes(),
  model: Enum(['alexnet', 'resnet']),
  order: Literal(['asc', 'desc'], { default: 'asc' }),
  note: Nullable(Type.String())
})

const schema = {
  params: Type.Object({ id: Type.Integer() }),
  querystring: Type.Object({ q: Type.Optional(Type.String()), since: DateTime(), tags: SetOf(Type.Integer()) }),
  headers: Type.Object({ x_token: Type.Array(Type.String()), 'if-none-match': Type.Optional(Type.String()) }),
  cookies: Type.Object({ session: Uuid(), visits: Type.Optional(Type.Integer()) }),
  body: Item
}

const app = server.withTypeProvider<TypeBoxTypeProvider>()

app.post('/items/:id', { schema }, async ({ params, query, headers, cookieParams, body }) => {
  same<typeof params, { id: number }>(true)
  same<typeof query.q, string | undefined>(true)
  same<typeof query.since, Date>(true)
  same<typeof query.tags, Set<number>>(true)
  same<typeof headers.x_token, string[]>(true)
  same<typeof cookieParams, { session: string, visits?: number }>(true)
  same<typeof body.price, DecimalValue>(true)
  same<typeof body.made, Date>(true)
  same<typeof body.sold, Temporal.PlainDate | undefined>(true)
  same<typeof body.tags, Set<string>>(true)
  same<typeof body.weights, Map<number, number>>(true)
  same<typeof body.thumbnail, Buffer>(true)
  same<typeof body.model, 'alexnet' | 'resnet'>(true)
  same<typeof body.order, 'asc' | 'desc'>(true)
  same<typeof body.note, string | null>(true)
  return [
    // @ts-expect-error -- no such parameter
    params.name,
    // @ts-expect-error -- no such cookie
    cookieParams.sesion,
    // @ts-expect-error -- a date is no string
    query.since.length,
    // @ts-expect-error -- no such member
    body.model === 'lenet',
    // @ts-expect-error -- it may be missing
    query.q.length
  ]
})

app.get('/items', { schema: { querystring: Type.Object({ filter: Json(Type.Object({ tag: Type.String() })) }), cookies: Type.Object({ n: Type.Integer() }) } }, async ({ query, cookieParams, headers }) => {
  same<typeof query.filter.tag, string>(true)
  same<typeof cookieParams.n, number>(true)
  same<typeof headers.host, string | undefined>(true)
  return query.filter.tag
})

app.route({
  method: 'PUT',
  url: '/route/:id',
  schema: { params: schema.params, body: Embed({ item: Item, importance: Type.Integer({ default: 1 }) }), cookies: schema.cookies },
  handler: async ({ params, body, cookieParams }) => {
    same<typeof params.id, number>(true)
    same<typeof body.item.made, Date>(true)
    same<typeof body.importance, number>(true)
    same<typeof cookieParams.session, string>(true)
    // @ts-expect-error -- no such part of the body
    return body.user
  }
})

export const plugin: FastifyPluginAsyncTypebox = async app => {
  app.post('/plugin', { schema: { body: Type.Object({ at: PlainTime(), takes: Duration() }), cookies: schema.cookies } }, async ({ body, cookieParams }) => {
    same<typeof body.at, Temporal.PlainTime>(true)
    same<typeof body.takes, Temporal.Duration>(true)
    same<typeof cookieParams.visits, number | undefined>(true)
    // @ts-expect-error -- a session is a string
    const session: number = cookieParams.session
    return session
  })

  app.patch('/plugin/:id', { schema: { params: schema.params, body: ExcludeUnset(Type.Object({ name: Type.String(), price: Type.Number({ default: 1 }) })) } }, async ({ body }) => {
    same<typeof body.name, string | undefined>(true)
    return body.price ?? 0
  })
}

// A check may make another value; one that returns nothing leaves the type.
app.post('/refined', { schema: { body: Type.Object({ slug: Refine(Type.String(), text => text.length), name: Refine(Type.String(), () => {}) }) } }, async ({ body }) => {
  same<typeof body.slug, number>(true)
  same<typeof body.name, string>(true)
  return 'ok'
})

// Without `schema.cookies` there is nothing to be found, and without a type provider nothing is known.
app.get('/none', async request => {
  same<typeof request.cookieParams, unknown>(true)
  return 'ok'
})
Fastify().get('/untyped', { schema: { cookies: { type: 'object' } } }, async ({ cookieParams }) => {
  same<typeof cookieParams, unknown>(true)
  return 'ok'
})

app.handle(RequestValidationError, (error, _request, reply) => {
  const issues: readonly Issue[] = error.issues
  const body: unknown = error.body
  // @ts-expect-error -- the issues are not to be changed
  error.issues.push(issues[0]!)
  return reply.code(error.statusCode).send({ issues, body })
})

// Values in code are typed as in a handler; what a transformation makes, too.
const parsed = parse(Item, {})
same<typeof parsed.made, Date>(true)
same<typeof parsed.sold, Temporal.PlainDate | undefined>(true)
same<typeof parsed.tags, Set<string>>(true)
same<typeof parsed.weights, Map<number, number>>(true)
same<typeof parsed.price, DecimalValue>(true)
same<typeof parsed.note, string | null>(true)
// @ts-expect-error -- no such field
export const field: unknown = parsed.nothing
export const count = parse(Type.Transform(Type.String()).Decode(text => text.length).Encode(String), 'text')
same<typeof count, number>(true)
export const partial = parse(ExcludeUnset(Type.Object({ name: Type.String() })), {})
same<typeof partial.name, string | undefined>(true)
// @ts-expect-error -- a schema comes first
parse({ name: 'pen' }, Item)

app.handle(ValidationError, error => {
  same<ReturnType<typeof error.errors>, readonly Issue[]>(true)
  // @ts-expect-error -- the issues are not to be changed
  error.errors().pop()
})
