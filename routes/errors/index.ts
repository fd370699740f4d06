/**
 * Errors: with a status and headers, of a class of one's own, and statuses that are no errors.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/handling-errors/
 */

import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { Conflict, Forbidden, HttpError, Teapot } from '../../plugins/errors/index.ts'

class UnicornError extends Error {
  readonly unicorn: string

  constructor (unicorn: string) {
    super(`${unicorn} did something`)
    this.unicorn = unicorn
  }
}

const errors: FastifyPluginAsyncTypebox = async app => {
  const items = new Map([['foo', 'The foo body']])

  app.handle(UnicornError, ({ unicorn }, _request, reply) => {
    reply.code(418)
    return { message: `Oops! ${unicorn} did something...` }
  })

  app.get('/items/:item_id', {
    schema: {
      summary: 'Read Item',
      params: Type.Object({ item_id: Type.String() })
    }
  }, async ({ params: { item_id: id } }) => {
    const item = items.get(id)
    if (item === undefined) throw new HttpError(404, 'Item not found', { 'x-error': 'This is my error message' })
    return { item }
  })

  app.get('/unicorns/:name', {
    schema: {
      summary: 'Read Unicorn',
      params: Type.Object({ name: Type.String() })
    }
  }, async ({ params: { name } }) => {
    if (name === 'yolo') throw new UnicornError(name)
    return { unicorn_name: name }
  })

  app.get('/numbers/:n', {
    schema: {
      summary: 'Read Number',
      params: Type.Object({ n: Type.Integer() })
    }
  }, async ({ params: { n } }) => {
    if (n === 3) throw new Teapot("Nope! I don't like 3.")
    if (n === 4) throw new Conflict({ code: 'taken', values: [1, 2] })
    if (n === 5) throw new Forbidden()
    if (n === 6) throw new HttpError(204)
    return { n }
  })

  // The status of a success may be any, even one that reads as an error.
  app.post('/items/', {
    schema: {
      summary: 'Create Item',
      querystring: Type.Object({ name: Type.String() }),
      response: { 200: Type.Never(), 404: Type.Unknown({ description: 'Successful Response' }) }
    }
  }, async ({ query: { name } }, reply) => {
    reply.code(404)
    return { name }
  })

  app.post('/made/', {
    schema: {
      summary: 'Made',
      querystring: Type.Object({ name: Type.String() }),
      response: { 201: Type.Unknown() }
    }
  }, async ({ query: { name } }, reply) => {
    reply.code(201)
    return { name }
  })
}

export default errors
