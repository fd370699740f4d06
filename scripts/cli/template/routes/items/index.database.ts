import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import 'fastify-apikit'
import { session } from 'fastify-apikit/db'
import { NotFound } from 'fastify-apikit/errors'
import { Item, NewItem } from '../../schemas/items.ts'
// if auth
import { claims } from '../account/claims.ts'
// end

const routes: FastifyPluginAsyncTypebox = async app => {
  app.inherit({ tags: ['items'] })

  app.get('/', {
    // if auth
    config: { public: true, depends: { db: session } },
    // else
    config: { depends: { db: session } },
    // end
    schema: { summary: 'List items', response: { 200: Type.Array(Item) } }
  }, async ({ deps: { db } }) => await db.selectFrom('items').selectAll().orderBy('id').limit(app.settings.pageSize).execute())

  app.get('/:id', {
    // if auth
    config: { public: true, depends: { db: session } },
    // else
    config: { depends: { db: session } },
    // end
    schema: { summary: 'Read an item', params: Type.Object({ id: Type.Integer() }), response: { 200: Item, 404: NotFound.schema } }
  }, async ({ params: { id }, deps: { db } }) => {
    const item = await db.selectFrom('items').selectAll().where('id', '=', id).executeTakeFirst()
    if (item === undefined) throw new NotFound('Item not found')
    return item
  })

  app.post('/', {
    // if auth
    config: { depends: { claims, db: session } },
    // else
    config: { depends: { db: session } },
    // end
    schema: { summary: 'Create an item', body: NewItem, response: { 201: Item } }
  }, async ({ body, deps: { db } }) => await db.insertInto('items').values(body).returningAll().executeTakeFirstOrThrow())
}

export default routes
