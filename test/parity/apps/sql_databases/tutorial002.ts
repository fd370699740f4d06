import { Type } from '@fastify/type-provider-typebox'
import { column, sessionOf, table } from '../../../../plugins/db/index.ts'
import { NotFound } from '../../../../plugins/errors/index.ts'
import { Nullable } from '../../../../plugins/types/index.ts'
import { databaseApp } from './app.ts'

const heroes = table('hero', {
  name: column.text({ index: true }),
  age: column.integer({ nullable: true, index: true }),
  id: column.id(),
  secret_name: column.text()
}, { title: 'Hero' })

// Not heroes.Create, which says which integers the column can hold: SQLModel does not.
const HeroCreate = Type.Object({
  name: Type.String(),
  age: Nullable(Type.Integer(), { default: null }),
  secret_name: Type.String()
}, { title: 'HeroCreate' })
const HeroPublic = Type.Object({
  name: Type.String(),
  age: Type.Optional(Nullable(Type.Integer())),
  id: Type.Integer()
}, { title: 'HeroPublic' })
const HeroUpdate = Type.Object({
  name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  age: Type.Optional(Nullable(Type.Integer())),
  secret_name: Type.Optional(Type.Union([Type.String(), Type.Null()]))
}, { title: 'HeroUpdate' })

const session = sessionOf([heroes])
const HeroId = Type.Object({ hero_id: Type.Integer() })

export default databaseApp([heroes], async app => {
  app.post('/heroes/', {
    config: { depends: { db: session } },
    schema: { summary: 'Create Hero', body: HeroCreate, response: { 200: HeroPublic } }
  }, async ({ body, deps: { db } }) => db.insertInto('hero').values(body).returningAll().executeTakeFirstOrThrow())

  app.get('/heroes/', {
    config: { depends: { db: session } },
    schema: {
      summary: 'Read Heroes',
      querystring: Type.Object({ offset: Type.Integer({ default: 0 }), limit: Type.Integer({ default: 100, maximum: 100 }) }),
      response: { 200: Type.Array(HeroPublic) }
    }
  }, async ({ query: { offset, limit }, deps: { db } }) => db.selectFrom('hero').selectAll().offset(offset).limit(limit).execute())

  app.get('/heroes/:hero_id', {
    config: { depends: { db: session } },
    schema: { summary: 'Read Hero', params: HeroId, response: { 200: HeroPublic } }
  }, async ({ params: { hero_id: id }, deps: { db } }) => {
    const hero = await db.selectFrom('hero').selectAll().where('id', '=', id).executeTakeFirst()
    if (hero === undefined) throw new NotFound('Hero not found')
    return hero
  })

  app.patch('/heroes/:hero_id', {
    config: { depends: { db: session } },
    schema: { summary: 'Update Hero', params: HeroId, body: HeroUpdate, response: { 200: HeroPublic } }
  }, async ({ params: { hero_id: id }, body: { name, secret_name: secretName, age }, deps: { db } }) => {
    // The columns that are sent as null and must not be stay what they are.
    const hero = await db.updateTable('hero')
      .set(({ ref }) => ({ name: name ?? ref('name'), secret_name: secretName ?? ref('secret_name'), ...age !== undefined && { age } }))
      .where('id', '=', id).returningAll().executeTakeFirst()
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
