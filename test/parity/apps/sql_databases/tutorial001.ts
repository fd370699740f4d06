import { Type } from '@fastify/type-provider-typebox'
import { column, sessionOf, table } from '../../../../plugins/db/index.ts'
import { NotFound } from '../../../../plugins/errors/index.ts'
import { Nullable } from '../../../../plugins/types/index.ts'
import { databaseApp } from './app.ts'

const heroes = table('hero', {
  id: column.id(),
  name: column.text({ index: true }),
  age: column.integer({ nullable: true, index: true }),
  secret_name: column.text()
})

const Hero = Type.Object({
  id: Type.Optional(Nullable(Type.Integer())),
  name: Type.String(),
  age: Type.Optional(Nullable(Type.Integer())),
  secret_name: Type.String()
}, { title: 'Hero' })

const session = sessionOf([heroes])
const HeroId = Type.Object({ hero_id: Type.Integer() })

export default databaseApp([heroes], async app => {
  app.post('/heroes/', {
    config: { depends: { db: session } },
    schema: { summary: 'Create Hero', body: Hero, response: { 200: Hero } }
  }, async ({ body: { id, ...hero }, deps: { db } }) =>
    db.insertInto('hero').values({ ...hero, ...typeof id === 'number' && { id } }).returningAll().executeTakeFirstOrThrow())

  app.get('/heroes/', {
    config: { depends: { db: session } },
    schema: {
      summary: 'Read Heroes',
      querystring: Type.Object({ offset: Type.Integer({ default: 0 }), limit: Type.Integer({ default: 100, maximum: 100 }) }),
      response: { 200: Type.Array(Hero) }
    }
  }, async ({ query: { offset, limit }, deps: { db } }) => db.selectFrom('hero').selectAll().offset(offset).limit(limit).execute())

  app.get('/heroes/:hero_id', {
    config: { depends: { db: session } },
    schema: { summary: 'Read Hero', params: HeroId, response: { 200: Hero } }
  }, async ({ params: { hero_id: id }, deps: { db } }) => {
    const hero = await db.selectFrom('hero').selectAll().where('id', '=', id).executeTakeFirst()
    if (hero === undefined) throw new NotFound('Hero not found')
    return hero
  })

  app.delete('/heroes/:hero_id', {
    config: { depends: { db: session } },
    schema: { summary: 'Delete Hero', params: HeroId }
  }, async ({ params: { hero_id: id }, deps: { db } }) => {
    const { numDeletedRows } = await db.deleteFrom('hero').where('id', '=', id).executeTakeFirstOrThrow()
    if (numDeletedRows === 0n) throw new NotFound('Hero not found')
    return { ok: true }
  })
})
