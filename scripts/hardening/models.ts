/**
 * Plants secrets in what handlers return: `npm run hardening -- models [--models 1000] [--seed N]`.
 *
 * Random models (objects in objects, lists, sets, maps, tuples, unions, aliases, defaults, fields excluded by the
 * route) are given values with secrets beside the fields, in fields that are left away, and in place of a number. None
 * may leave, and of each model exactly what it names is sent.
 *
 * @module
 */

import { isDeepStrictEqual, parseArgs } from 'node:util'
import fc from 'fast-check'
import Fastify from 'fastify'
import errors from '../../plugins/errors/index.ts'
import responseModel from '../../plugins/response-model/index.ts'
import { model, type Part, SECRET } from './random-models.ts'
import type { Suite } from './suite.ts'

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

export const models: Suite = async args => {
  const { values } = parseArgs({ args, options: { models: { type: 'string', default: '1000' }, seed: { type: 'string' } } })
  const seed = Number(values.seed ?? Date.now() & 0x7fffffff)
  const tried = await tryModels(fc.sample(model, { numRuns: Number(values.models), seed }))
  const wrong = tried.map(leak).filter(what => what !== undefined)
  const leaked = tried.filter(({ body }) => body.includes(SECRET)).length
  const refused = tried.filter(({ part }) => part.isWrong === true).length
  const secrets = tried.filter(({ part: { value, exclude } }) => exclude !== undefined || fc.stringify(value).includes(SECRET)).length
  console.log(`${tried.length} random models (--seed ${seed}), ${secrets} with secrets in what is returned, ${refused} with a value that does not fit: ${leaked} secrets left, ${wrong.length} answers are wrong`)
  return wrong
}
