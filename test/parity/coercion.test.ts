import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { options } from '../../app.ts'
import errors from '../../plugins/errors/index.ts'
import validation from '../../plugins/validation/index.ts'
import { Embed } from '../../plugins/types/index.ts'
import { type Case, differs, readCases } from './coercion-table.ts'
import { LISTS, TYPES, write } from './coercion-types.ts'
import { type Deviation, deviationsOf } from './deviations.ts'

/** One way in which an input reaches the server. */
interface Way {
  readonly name: string
  readonly loc: readonly string[]
  /** Whether the input can be sent like this at all. */
  takes (input: Case): boolean
  request (input: Case, route: number): InjectOptions
}

const json = (payload: string, url: string): InjectOptions => ({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } })
const isAbsent = ({ input }: Case): boolean => input === undefined

const STRING_WAYS: readonly Way[] = [{
  name: 'query',
  loc: ['query', 'value'],
  takes: () => true,
  request: ({ input }, route) => ({ url: `/query/${route}${input === undefined ? '' : `?value=${encodeURIComponent(String(input))}`}` })
}, {
  name: 'string in JSON',
  loc: ['body', 'value'],
  takes: ({ type }) => !LISTS.has(type),
  request: ({ text, ...input }, route) => json(isAbsent({ text, ...input }) ? '{}' : `{"value":${text}}`, `/embedded/${route}`)
}, {
  name: 'path',
  loc: ['path', 'value'],
  takes: ({ type, input }) => !LISTS.has(type) && /^[^/]{1,1024}$/.test(String(input ?? '')) && !/^\.+$/.test(String(input)),
  request: ({ input }, route) => ({ url: `/path/${route}/${encodeURIComponent(String(input))}` })
}, {
  name: 'header',
  loc: ['header', 'value'],
  takes: ({ input = '' }) => /^([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?$/.test(String(input)),
  request: ({ input }, route) => ({ url: `/header/${route}`, headers: input === undefined ? {} : { value: String(input) } })
}, {
  name: 'cookie',
  loc: ['cookie', 'value'],
  takes: ({ type, input = '' }) => !LISTS.has(type) && /^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(String(input)),
  request: ({ input }, route) => ({ url: `/cookie/${route}`, headers: input === undefined ? {} : { cookie: `value=${String(input)}` } })
}]

const BODY: Way = {
  name: 'body',
  loc: ['body'],
  takes: () => true,
  request: (input, route) => isAbsent(input) ? { method: 'POST', url: `/body/${route}` } : json(input.text, `/body/${route}`)
}

async function serve (t: Test): Promise<FastifyInstance> {
  const app = Fastify(options)
  t.teardown(() => app.close())
  await app.register(errors)
  await app.register(validation)
  const answer = (values: unknown): string => JSON.stringify(write(Reflect.get(Object(values), 'value'))) ?? 'null'
  for (const [route, schema] of Object.values(TYPES).entries()) {
    const part = Type.Object({ value: schema })
    app.get(`/query/${route}`, { schema: { querystring: part } }, async ({ query }) => answer(query))
    app.post(`/embedded/${route}`, { schema: { body: Embed({ value: schema }) } }, async ({ body }) => answer(body))
    app.get(`/path/${route}/:value`, { schema: { params: part } }, async ({ params }) => answer(params))
    app.get(`/header/${route}`, { schema: { headers: part } }, async ({ headers }) => answer(headers))
    app.get(`/cookie/${route}`, { schema: { cookies: part } }, async ({ cookieParams }) => answer(cookieParams))
    app.post(`/body/${route}`, { schema: { body: schema } }, async ({ body }) => answer({ value: body }))
  }
  return app
}

async function compare (t: Test, table: Deviation['table'], ways: readonly Way[]): Promise<void> {
  const app = await serve(t)
  const known = deviationsOf(table)
  const types = Object.keys(TYPES)
  let total = 0
  let deviating = 0

  for (const [type, cases] of readCases(table)) {
    const route = types.indexOf(type)
    const misses: string[] = []
    const fixed = new Set([...known.keys()].filter(key => known.get(key)?.type === type))
    for (const input of cases) {
      for (const way of ways.filter(way => way.takes(input))) {
        total++
        const { statusCode: status, body } = await app.inject(way.request(input, route))
        const difference = differs(input, way.loc, { status, body })
        if (difference === undefined) continue
        deviating++
        const key = `${type} ${input.text}`
        if (!known.has(key)) misses.push(`${way.name} ${input.text.slice(0, 80)}: ${difference.slice(0, 400)}`)
        fixed.delete(key)
      }
    }
    t.same(misses, [], `${type}: ${cases.length} inputs`)
    t.same([...fixed], [], `${type}: every deviation still deviates`)
  }
  t.ok(deviating <= total / 100, `${deviating} of ${total} deviate`)
  t.comment(`${table}: ${total - deviating} of ${total} as recorded`)
}

t.test('a string from any source is read as by FastAPI', async t => {
  await compare(t, 'coercion-strings', STRING_WAYS)
})

t.test('a JSON value is read as by FastAPI', async t => {
  await compare(t, 'coercion-json', [BODY])
})
