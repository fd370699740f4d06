// Compiled, never run.
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import dependencies, { dependency } from '../../plugins/dependencies/index.ts'
import { connect } from '../../plugins/testing/index.ts'
import { DateTime } from '../../plugins/types/index.ts'
import websocket, { type Socket, socketOf } from '../../plugins/websocket/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare const same: <Expected>() => <Actual>(value: Actual, ...proof: Equal<Actual, Expected> extends true ? [] : [never]) => void

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
app.register(dependencies)
app.register(websocket, { heartbeat: 1000, origins: ['https://a.example'] })
// @ts-expect-error -- milliseconds
app.register(websocket, { heartbeat: '1s' })

const user = dependency(() => ({ name: 'x' }))
const In = Type.Object({ at: DateTime() })
const Out = Type.Object({ n: Type.Integer() })

app.get('/ws/:id', {
  websocket: true,
  schema: { params: Type.Object({ id: Type.Integer() }), querystring: Type.Object({ q: Type.String() }) },
  config: { depends: { user } }
}, async (socket, { params, query, deps }) => {
  same<Socket>()(socket)
  same<number>()(params.id)
  same<string>()(query.q)
  same<string>()(deps.user.name)
  const messages = socketOf(socket, { receive: In, send: Out })
  for await (const message of messages) same<Date>()(message.at)
  await messages.send({ n: 1 })
  // @ts-expect-error -- the model has numbers
  await messages.send({ n: 'x' })
  const raw = socketOf(socket)
  same<string | Buffer>()(await raw.receive())
  await raw.send('text')
  // @ts-expect-error -- without a model only texts and bytes
  await raw.send({})
})
app.route({
  method: 'GET',
  url: '/route',
  websocket: true,
  config: { depends: { user } },
  handler (socket, { deps }) {
    same<Socket>()(socket)
    same<string>()(deps.user.name)
  }
})
// Other routes are as they were.
app.get('/http/:id', { schema: { params: Type.Object({ id: Type.Integer() }), response: { 200: Out } } }, async ({ params }, reply) => {
  same<number>()(params.id)
  reply.header('a', 'b')
  return { n: params.id }
})

const client = await connect(app, '/ws/:id', { params: { id: 1 }, send: In, receive: Out })
client.send({ at: '2020-01-01' })
// @ts-expect-error -- on the wire it is a text
client.send({ at: new Date() })
same<number>()((await client.receive()).n)
// @ts-expect-error -- the path has a parameter
await connect(app, '/ws/:id')
same<string | Buffer>()(await (await connect(app, '/route')).receive())
