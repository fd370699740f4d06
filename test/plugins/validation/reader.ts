/**
 * An app with one route, for questions of the kind "what does the handler get for this?".
 *
 * @module
 */

import type { FastifyInstance, FastifySchema, FastifyServerOptions, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import validation, { type Issue, type ValidationOptions } from '../../../plugins/validation/index.ts'
import { bare } from '../../helper.ts'

/** What the handler was given. */
export interface Given {
  readonly params: any
  readonly query: any
  readonly headers: any
  readonly cookieParams: any
  readonly body: any
}

export interface ReaderOptions {
  readonly options?: ValidationOptions
  readonly server?: FastifyServerOptions
  readonly url?: string
}

export interface Reader {
  readonly app: FastifyInstance
  /** What the handler gets; throws when it gets nothing. */
  accepts (request: InjectOptions | string): Promise<Given>
  /** The issues of the answer; throws when it is not a 422. */
  refuses (request: InjectOptions | string): Promise<Issue[]>
}

/** An app with the plugin and a route of this schema: a POST when it has a body, else a GET. */
export async function reader (t: Test, schema: FastifySchema, { options = {}, server, url = '/' }: ReaderOptions = {}): Promise<Reader> {
  const app = bare(t, server)
  await app.register(validation, options)
  let given: Given | undefined
  app.route({
    method: schema.body === undefined ? 'GET' : 'POST',
    url,
    schema,
    async handler ({ params, query, headers, cookieParams, body }) {
      given = { params, query, headers, cookieParams, body }
      return 'ok'
    }
  })
  return {
    app,
    async accepts (request) {
      given = undefined
      const { statusCode, body } = await app.inject(request)
      if (statusCode !== 200 || given === undefined) throw new Error(`${statusCode} ${body}`)
      return given
    },
    async refuses (request) {
      const response = await app.inject(request)
      if (response.statusCode !== 422) throw new Error(`${response.statusCode} ${response.body}`)
      return response.json().detail
    }
  }
}

/** A request with a JSON body, written as it is. */
export function json (payload: string | Buffer, headers: Record<string, string> = {}): InjectOptions {
  return { method: 'POST', url: '/', headers: { 'content-type': 'application/json', ...headers }, payload }
}

/** A route that reads a body of this schema. */
export async function bodyReader (t: Test, body: unknown, options?: ReaderOptions) {
  const { app, accepts, refuses } = await reader(t, { body }, options)
  return {
    app,
    accepts: async (value: unknown): Promise<any> => (await accepts(json(JSON.stringify(value)))).body,
    refuses: (value: unknown) => refuses(json(JSON.stringify(value)))
  }
}

/** A route that reads query parameters of these schemas. */
export async function queryReader (t: Test, querystring: unknown, options?: ReaderOptions) {
  const { app, accepts, refuses } = await reader(t, { querystring }, options)
  return {
    app,
    accepts: async (query: string): Promise<any> => (await accepts(`/?${query}`)).query,
    refuses: (query: string) => refuses(`/?${query}`)
  }
}
