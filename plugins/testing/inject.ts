/**
 * Sends a typed request: by the route as it is declared, with a typed response.
 *
 * @module
 */

import type { Static, TSchema } from '@fastify/type-provider-typebox'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { APIKIT_ERR_INJECT } from './errors.ts'

type Named<Text extends string> = Text extends `${infer Name}(${string}` ? Name : Text extends `${infer Name}?` ? Name : Text

/** The parameter names of a path: `'id'` in `/items/:id`. */
export type ParamsIn<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}` ? Named<Name> | ParamsIn<`/${More}`> : Named<Rest>
  : never

/** A value as JSON returns it. */
export type Wire<Value> =
  Value extends string | number | boolean | null | undefined ? Value
    : Value extends Uint8Array ? string
      : Value extends { toJSON (): infer Json } ? Json
        : Value extends ReadonlyMap<unknown, infer Item> ? Record<string, Wire<Item>>
          : Value extends ReadonlySet<infer Item> ? Array<Wire<Item>>
            : { [key in keyof Value]: Wire<Value[key]> }

/** Schemas of the expected responses, by status. */
export type Answers = Readonly<Record<number, TSchema>>

/** A response. */
export interface Answered<Status, Body> {
  readonly status: Status
  /** The parsed JSON, or the text. */
  readonly body: Body
  readonly headers: LightMyRequestResponse['headers']
  /** The response of Fastify's `inject`. */
  readonly response: LightMyRequestResponse
}

/** The responses that `A` expects, distinguished by status. */
export type AnsweredBy<A> = { [Status in keyof A]: A[Status] extends TSchema ? Answered<Status, Wire<Static<A[Status]>>> : never }[keyof A]

type Values = Readonly<Record<string, string | number | boolean | ReadonlyArray<string | number | boolean>>>

/** The parts of a request. */
export type Sent<Path extends string> = {
  readonly query?: Values
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as a urlencoded form. */
  readonly form?: Values
} & ([ParamsIn<Path>] extends [never] ? unknown : { readonly params: { readonly [name in ParamsIn<Path>]: string | number } })

type Route = `${Uppercase<string>} /${string}`
type PathOf<R extends Route> = R extends `${string} ${infer Path}` ? Path : never
type Optionally<Part> = object extends Part ? [sent?: Part] : [sent: Part]

/**
 * Sends a request without a server.
 *
 * ```ts
 * const { status, body } = await inject(app, 'GET /items/:id', { params: { id: 3 }, answers: { 200: Item } })
 * ```
 *
 * @param route Method and path, as the route declares them.
 * @param sent Parts of the request, and `answers`: schemas of the expected responses, by status. They are validated, and are the type of `body`.
 * @throws APIKIT_ERR_INJECT when `answers` lacks the status, or the body does not match its schema.
 */
export async function inject<R extends Route, A extends Answers> (
  app: FastifyInstance, route: R, sent: Sent<PathOf<R>> & { readonly answers: A }
): Promise<AnsweredBy<A>>
export async function inject<R extends Route> (app: FastifyInstance, route: R, ...sent: Optionally<Sent<PathOf<R>>>): Promise<Answered<number, unknown>>
export async function inject (
  app: FastifyInstance, route: string, { params = {}, query = {}, headers = {}, cookies = {}, json, form, answers }: Everything = {}
): Promise<Answered<unknown, unknown>> {
  const [method = '', path = ''] = route.split(' ')
  const response = await app.inject({
    method: method as 'GET',
    url: path.replaceAll(/:(\w+)(?:\([^)]*\))?\??/g, (_parameter, name: string) => encodeURIComponent(String(params[name]))) + search(query),
    headers: { ...form && { 'content-type': 'application/x-www-form-urlencoded' }, ...headers },
    cookies: { ...cookies },
    ...json !== undefined && { payload: JSON.stringify(json), headers: { 'content-type': 'application/json', ...headers } },
    ...form && { payload: search(form).slice(1) }
  })
  const { statusCode: status, payload } = response
  const body: unknown = /^application\/([a-z.-]+\+)?json/.test(String(response.headers['content-type'])) ? JSON.parse(payload) : payload
  if (answers !== undefined) check(route, status, body, payload, answers)
  return { status, body, headers: response.headers, response }
}

type Everything = Partial<Omit<Sent<'/'>, 'params'>> & { readonly params?: Readonly<Record<string, string | number>>, readonly answers?: Answers }

function search (values: Values): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)]))
  return pairs.length === 0 ? '' : `?${String(new URLSearchParams(pairs))}`
}

const ajv = formats.default(new Ajv({ strict: false, logger: false }))

function check (route: string, status: number, body: unknown, payload: string, answers: Answers): void {
  const schema = answers[status]
  if (schema === undefined) throw new APIKIT_ERR_INJECT(`${route} responded with ${status}, expected ${Object.keys(answers).join(' or ')}: ${payload}`)
  if (!ajv.validate(schema, body)) throw new APIKIT_ERR_INJECT(`${route} responded with ${status}, but the body does not match its schema: ${ajv.errorsText(undefined, { dataVar: 'body' })}: ${payload}`)
}
