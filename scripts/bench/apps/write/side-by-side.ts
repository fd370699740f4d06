import { isDeepStrictEqual } from 'node:util'
import { Type } from '@sinclair/typebox'
import fastJson from 'fast-json-stringify'
import Fastify from 'fastify'
import responseModel from '../../../../plugins/response-model/index.ts'
import { Order, orders } from './model.ts'

const ROUNDS = 30
const MILLISECONDS = 40

/** Nanoseconds of CPU that one call takes: what else the machine does is left out. */
function time (call: () => string, calls: number): number {
  const before = process.cpuUsage()
  let length = 0
  for (let i = 0; i < calls; i++) length += call().length
  const { user, system } = process.cpuUsage(before)
  if (length === 0) throw new Error('nothing was written')
  return (user + system) * 1000 / calls
}

/** Times of the two writers of one list, in turns. */
export default async function (items: number): Promise<{ ours: number[], theirs: number[] }> {
  const schema = Type.Array(Order)
  const app = Fastify()
  await app.register(responseModel)
  app.get('/', { schema: { response: { 200: schema } } }, async () => [])
  let write: ((value: unknown) => string) | undefined
  app.addHook('onRequest', async (_request, reply) => { write = reply.getSerializationFunction('200') as typeof write })
  await app.inject('/')

  const value = orders(items)
  const theirs = fastJson(schema as never)
  const [left, right] = [() => String(write?.(value)), () => theirs(value)]
  if (!isDeepStrictEqual(JSON.parse(left()), JSON.parse(right()))) throw new Error('the two write different answers')

  let calls = 1
  while (time(right, calls) * calls < MILLISECONDS * 1e6) calls *= 2
  time(left, calls)
  const times: { ours: number[], theirs: number[] } = { ours: [], theirs: [] }
  for (let round = 0; round < ROUNDS; round++) {
    // What runs second finds the garbage of the first.
    const order = [['ours', left], ['theirs', right]] as const
    for (const [who, call] of round % 2 === 0 ? order : order.toReversed()) times[who].push(time(call, calls))
  }
  return times
}
