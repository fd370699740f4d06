import Fastify from 'fastify'
import docs from '../../../../plugins/docs/index.ts'
import errors from '../../../../plugins/errors/index.ts'
import responseModel from '../../../../plugins/response-model/index.ts'
import validation from '../../../../plugins/validation/index.ts'
import { schemasOf } from './schemas.ts'

/** What the document of so many routes costs, when it is first asked for and after that. */
export default async function build (routes: number): Promise<{ first: number, later: number, bytes: number }> {
  const app = Fastify()
  for (const plugin of [errors, validation, responseModel, docs]) await app.register(plugin)
  for (let i = 0; i < routes; i++) app.post(`/area${i}/:userId/items`, { schema: schemasOf(i) }, async () => ({}))
  await app.ready()

  const ask = async () => {
    const began = performance.now()
    const { statusCode, rawPayload } = await app.inject('/openapi.json')
    if (statusCode !== 200) throw new Error(`/openapi.json: ${statusCode} ${String(rawPayload)}`)
    return { took: performance.now() - began, bytes: rawPayload.length }
  }
  const [{ took: first, bytes }, { took: later }] = [await ask(), await ask()]
  return { first, later, bytes }
}
