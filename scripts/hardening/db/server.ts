/**
 * The server that is tried: writes that fail at random, and those that are counted. It tells its port to its parent.
 *
 * @module
 */

import { type TypeBoxTypeProvider, Type } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { sql } from 'kysely'
import db, { column, sessionOf, table } from '../../../plugins/db/index.ts'
import dependencies from '../../../plugins/dependencies/index.ts'
import errors, { BadRequest } from '../../../plugins/errors/index.ts'
import validation from '../../../plugins/validation/index.ts'

export const writes = table('writes', { id: column.id(), nr: column.integer({ unique: true }), kind: column.enum(['kept', 'undone']) })
const session = sessionOf([writes])

/** In how many ways a request can end. */
export const ENDS = 8

export async function buildServer (url: string) {
  const app = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>()
  for (const plugin of [errors, validation, dependencies]) await app.register(plugin)
  await app.register(db, { url, tables: [writes], poolSize: 5, acquireTimeout: 2000 })
  await app.db.createTables()

  app.post('/writes/:nr', { config: { depends: { db: session } }, schema: { params: Type.Object({ nr: Type.Integer() }) } }, async ({ params: { nr }, deps: { db } }) => {
    await db.insertInto('writes').values({ nr, kind: 'kept' }).execute()
    return { nr }
  })

  app.post('/ends/:nr', { config: { depends: { db: session } }, schema: { params: Type.Object({ nr: Type.Integer() }) } }, async ({ params: { nr }, deps: { db }, raw }, reply) => {
    const end = nr % ENDS
    await db.insertInto('writes').values({ nr, kind: end === 0 || end === 1 ? 'kept' : 'undone' }).execute()
    switch (end) {
      case 1: await db.savepoint(async () => { await db.insertInto('writes').values({ nr, kind: 'undone' }).execute() }).catch(() => {}); return { nr }
      case 2: throw new BadRequest()
      case 3: throw new Error('on purpose')
      case 4: return reply.code(404).send({ detail: 'no' })
      case 5: await db.insertInto('writes').values({ nr, kind: 'undone' }).execute(); break
      case 6: await sql`select nothing from nowhere`.execute(db); break
      case 7: raw.socket.destroy(); throw new BadRequest()
    }
    return { nr }
  })

  app.get('/count', { config: { depends: { db: session } } }, async ({ deps: { db } }) =>
    db.selectFrom('writes').select(({ fn }) => ['kind', fn.countAll().as('n')]).groupBy('kind').execute())
  return app
}

if (process.send !== undefined && process.argv[2] !== undefined) {
  const app = await buildServer(process.argv[2])
  process.send(await app.listen({ port: 0, host: '127.0.0.1' }))
}
