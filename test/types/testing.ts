// Compiled, never run.
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyPluginAsync } from 'fastify'
import { dependency } from '../../plugins/dependencies/index.ts'
import testing, { build, inject, override, type ParamsIn, type TestContext, type Wire } from '../../plugins/testing/index.ts'
import { DateTime, DictOf, SetOf } from '../../plugins/types/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void
declare const t: TestContext
declare const plugin: FastifyPluginAsync<{ greeting: string }>

const user = dependency(() => ({ name: 'x' }))
const app = Fastify()
app.register(testing, { overrides: [override(user, () => ({ name: 'alice' }))] })
// @ts-expect-error -- an override is made by override()
app.register(testing, { overrides: [user] })

build(t, plugin, { options: { greeting: 'hello' }, server: { logger: true }, overrides: [override(user, async () => ({ name: 'alice' }))] })
// @ts-expect-error -- the plugin has no such option
build(t, plugin, { options: { greting: 'hello' } })

declare const names: [ParamsIn<'/:a/b'>, ParamsIn<'/a/:b(\\d+)/:c?'>, ...Array<ParamsIn<'/a/b'>>]
same<['a', 'b' | 'c', ...never[]]>()(names)

declare const wire: Wire<{ at: Date, list: Set<Date>, map: Map<string, Date>, data: Uint8Array, none: null, nested: Array<{ at?: Date }> }>
same<string>()(wire.at)
same<string[]>()(wire.list)
same<Record<string, string>>()(wire.map)
same<string>()(wire.data)
same<string | undefined>()(wire.nested[0]?.at)

inject(app, 'GET /items')
inject(app, 'GET /items', { query: { q: 'x', n: [1, 2] }, headers: { 'x-token': 'a' } })
inject(app, 'POST /items/:id', { params: { id: 3 }, json: {} })
// @ts-expect-error -- the path has a parameter
inject(app, 'GET /items/:id')
// @ts-expect-error -- and it is named id
inject(app, 'GET /items/:id', { params: { key: 3 } })
// @ts-expect-error -- a route is a method and a path
inject(app, '/items')
// @ts-expect-error -- a header is text
inject(app, 'GET /items', { headers: { 'x-token': 1 } })

export async function answers (): Promise<void> {
  const Item = Type.Object({ id: Type.Integer(), at: DateTime(), tags: SetOf(Type.String()), prices: DictOf(Type.String(), Type.Number()) })
  const answer = await inject(app, 'GET /items/:id', { params: { id: 3 }, answers: { 200: Item, 404: Type.Object({ detail: Type.String() }) } })
  if (answer.status === 404) return same<string>()(answer.body.detail)
  same<200>()(answer.status)
  same<number>()(answer.body.id)
  same<string>()(answer.body.at)
  same<string[]>()(answer.body.tags)
  // @ts-expect-error -- an item has no detail
  answer.body.detail.toUpperCase()
}
