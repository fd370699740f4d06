/**
 * Random models in the routes of an app, and whether what they send is right.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import Fastify from 'fastify'
import errors from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import { type Part, SECRET } from './random-models.ts'

interface Tried {
  readonly part: Part
  readonly status: number
  readonly body: string
}

/** Has each model in a route of one app, and asks for all of them. */
export async function tryModels (parts: readonly Part[]): Promise<Tried[]> {
  const app = Fastify()
  await app.register(errors)
  await app.register(responseModel)
  for (const [index, { schema, value, exclude }] of parts.entries()) {
    const config = exclude === undefined ? {} : { config: { response: { exclude } } }
    app.get(`/${index}`, { ...config, schema: { response: { 200: schema } } }, async () => value as never)
  }
  const tried: Tried[] = []
  for (const [index, part] of parts.entries()) {
    const { statusCode: status, body } = await app.inject(`/${index}`)
    tried.push({ part, status, body })
  }
  await app.close()
  return tried
}

/** What is wrong with an answer; `undefined` for nothing. */
export function leak ({ part: { schema, sent, isWrong = false, exclude }, status, body }: Tried): string | undefined {
  const expected = isWrong ? { detail: 'Internal Server Error' } : sent
  const isRight = status === (isWrong ? 500 : 200) && isDeepStrictEqual(JSON.parse(body), JSON.parse(JSON.stringify(expected)))
  if (isRight && !body.includes(SECRET)) return undefined
  return `${status} ${body} in place of ${JSON.stringify(expected)}, by ${JSON.stringify(schema)} without ${JSON.stringify(exclude)}`
}
