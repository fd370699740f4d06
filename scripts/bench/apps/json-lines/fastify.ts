import { Readable } from 'node:stream'
import Fastify from 'fastify'
import fastJsonStringify from 'fast-json-stringify'
import { listening } from '../listening.ts'
import { Item, items } from './model.ts'

const write = fastJsonStringify(Item as object)

async function * lines (): AsyncGenerator<string> {
  for await (const item of items()) yield `${write(item)}\n`
}

export default async function listen (): Promise<number> {
  const app = Fastify()
  app.get('/items', async (_request, reply) => reply.type('application/jsonl').send(Readable.from(lines())))
  return listening(app)
}
