import type { FastifyInstance } from 'fastify'
import 'fastify-apikit/db'

/** Example data, for `npx fastify-apikit seed`. */
export default async function seed (app: FastifyInstance): Promise<string> {
  const { count } = await app.db.selectFrom('items').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  if (Number(count) > 0) return 'There are items already.'
  await app.db.insertInto('items').values([{ name: 'pen', price: 2.5 }, { name: 'ink', price: 8 }]).execute()
  return '2 items made'
}
