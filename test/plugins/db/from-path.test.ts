import { Type } from '@fastify/type-provider-typebox'
import t from 'tap'
import { column, fromPath, insertMany, table } from '../../../plugins/db/index.ts'
import docs from '../../../plugins/docs/index.ts'
import { appWith, emptyDatabase, onBoth } from './databases.ts'

const users = table('users', { id: column.id(), name: column.text() }, { title: 'User' })
const seats = table('seats', { row: column.integer({ primaryKey: true }), number: column.integer({ primaryKey: true }), free: column.boolean({ default: true }) })
const loose = table('loose', { a: column.integer() }, { key: false })

onBoth('the row that a path names is a dependency, with its 404', async (t, dialect) => {
  const app = await appWith(t, await emptyDatabase(t, dialect), [users, seats])
  await app.register(docs)
  const db = app.db.of([users, seats])
  const deps = (request: unknown) => (request as { deps: Record<string, object> }).deps
  app.get('/users/:id', { config: { depends: { user: fromPath(users) } } as never, schema: { response: { 200: users.Public } } }, async request => deps(request).user)
  app.put('/teams/:team/users/:user_id', {
    config: { depends: { user: fromPath(users, { parameter: 'user_id', detail: 'Nobody' }) } } as never,
    schema: { params: Type.Object({ team: Type.Integer() }), response: { 200: users.Public } }
  }, async request => deps(request).user)
  app.get('/seats/:row/:number', { config: { depends: { seat: fromPath(seats) } } as never, schema: { response: { 200: seats.Public } } }, async request => deps(request).seat)
  await insertMany(db, users, [{ name: 'ann' }])
  await insertMany(db, seats, [{ row: 1, number: 2 }])

  const get = async (url: string, method: 'GET' | 'PUT' = 'GET') => { const { statusCode, ...answer } = await app.inject({ method, url }); return [statusCode, answer.json()] }
  t.same(await get('/users/1'), [200, { id: 1, name: 'ann' }])
  t.same(await get('/users/2'), [404, { detail: 'User not found' }])
  t.match(await get('/users/x'), [422, { detail: [{ type: 'int_parsing', loc: ['path', 'id'] }] }])
  t.match(await get('/users/99999999999'), [422, { detail: [{ loc: ['path', 'id'] }] }])
  t.same(await get('/teams/1/users/1', 'PUT'), [200, { id: 1, name: 'ann' }])
  t.same(await get('/teams/1/users/3', 'PUT'), [404, { detail: 'Nobody' }])
  t.same(await get('/seats/1/2'), [200, { row: 1, number: 2, free: true }])
  t.same(await get('/seats/2/1'), [404, { detail: 'Not Found' }])

  const { paths } = (await app.inject('/openapi.json')).json()
  const route = paths['/users/{id}'].get
  t.match(route.responses['404'].content['application/json'].schema, { $ref: '#/components/schemas/NotFound' })
  t.ok(route.responses['422'])
  t.match(route.parameters, [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }])
  t.same(paths['/seats/{row}/{number}'].get.parameters.map(({ name }: { name: string }) => name), ['row', 'number'])
})

t.test('a table without a key names no row', async t => {
  t.throws(() => fromPath(loose), { code: 'APIKIT_ERR_TABLE', message: /has no primary key/ })
})
