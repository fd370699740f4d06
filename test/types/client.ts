// Compiled, never run.
import type { FastifyInstance } from 'fastify'
import { fetchOf } from '../../plugins/testing/index.ts'
import { type Client, createClient, unwrap } from '../../plugins/client/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void
declare const app: FastifyInstance

interface Item { name: string }
interface paths {
  '/items/{id}': {
    get: {
      parameters: { path: { id: number } }
      responses: { 200: { content: { 'application/json': Item } }, 404: { content: { 'application/json': { detail: string } } } }
    }
  }
}

const client: Client<paths> = createClient<paths>({ baseUrl: 'http://app', fetch: fetchOf(app), token: () => undefined })
// @ts-expect-error -- a token is text
createClient<paths>({ token: 1 })

export async function use (): Promise<void> {
  const answer = client.GET('/items/{id}', { params: { path: { id: 1 } } })
  same<Item>()(await unwrap(answer))
  const { data, error } = await answer
  if (error === undefined) same<Item>()(data)
  else same<string>()(error.detail)
  // @ts-expect-error -- there is no such path
  client.GET('/item')
  // @ts-expect-error -- nor such a method
  client.PUT('/items/{id}', { params: { path: { id: 1 } } })
  // @ts-expect-error -- the path has a parameter
  client.GET('/items/{id}')
}
