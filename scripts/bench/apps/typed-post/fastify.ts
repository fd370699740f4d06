import Fastify from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { listening } from '../listening.ts'
import { Item, ItemOut } from './model.ts'

export async function build () {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  app.post('/items', { schema: { body: Item, response: { 200: ItemOut } } }, async ({ body }) => body)
  return app
}

export default async (): Promise<number> => listening(await build())
