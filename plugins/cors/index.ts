/**
 * Lets pages of other origins call this server: headers and preflights are FastAPI's, byte for byte.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/cors/
 */

import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { kOutside, kPublic, kUnlisted, markedBy } from '../core/http/own-routes.ts'
import { APIKIT_ERR_CORS } from './errors.ts'
import { CorsOptions, type ParsedOptions } from './options.ts'
import { Policy } from './policy.ts'

const name = 'fastify-apikit/cors'

export * from './errors.ts'
export { CorsOptions }

const kPolicy: unique symbol = Symbol('fastify-apikit.cors.policy')

declare module 'fastify' {
  interface FastifyInstance {
    [kPolicy]: Policy
  }
}

const plugin: FastifyPluginAsync<CorsOptions> = async (app, options) => {
  const policy = policyOf(parseOptions(name, CorsOptions, options, app))
  const isAbove = app[kPolicy] !== undefined
  // The nearest scope wins: the hooks of the outermost one ask for the policy of the route.
  app[kPolicy] = policy
  if (!isRoot(app)) answerPreflights(app)
  if (isAbove) return

  app.addHook('onRequest', (request, reply, done) => {
    const { headers, method, server } = request
    const { origin } = headers
    if (origin === undefined) return done()
    if (method === 'OPTIONS' && headers['access-control-request-method'] !== undefined) {
      const answer = server[kPolicy].answerPreflight(origin, headers)
      reply.code(answer.status).headers(answer.headers).type('text/plain; charset=utf-8').send(answer.text)
      return
    }
    // For what is answered past the hooks; `onSend` has the last word, as `vary` may have been set anew by then.
    server[kPolicy].mark(request, reply, origin)
    done()
  })

  app.addHook('onSend', (request, reply, payload, done) => {
    const { headers: { origin, 'access-control-request-method': asked }, method, server } = request
    if (origin !== undefined && (method !== 'OPTIONS' || asked === undefined)) server[kPolicy].mark(request, reply, origin)
    done(null, payload)
  })
}

function policyOf (options: ParsedOptions): Policy {
  const { allowOrigins, allowCredentials } = options
  const anyone = allowCredentials ? allowOrigins.find(origin => origin === '*' || origin === 'null') : undefined
  if (anyone !== undefined) {
    throw new APIKIT_ERR_CORS(`allowOrigins '${anyone}' with allowCredentials lets every page use its visitor's cookies; name the origins, or leave credentials out`)
  }
  try {
    return new Policy(options)
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_CORS(`allowOriginRegex cannot be read: ${(cause as Error).message}`), { cause })
  }
}

/**
 * A preflight is for the path of a route and another method, so no route is found; the hooks of a child scope would not
 * run, and the root knows nothing of its policy.
 */
function answerPreflights (app: FastifyInstance): void {
  app.addHook('onRoute', function (this: FastifyInstance, { method, url, routePath, constraints = {} }: RouteOptions & { routePath: string }) {
    if ([method].flat().includes('OPTIONS')) return
    const declare = (full: string, path: string): void => {
      if (this.hasRoute({ method: 'OPTIONS', url: full, constraints })) return
      this.route({
        method: 'OPTIONS',
        url: path,
        prefixTrailingSlash: 'slash',
        constraints,
        schema: { hide: true },
        config: markedBy(kOutside, kPublic, kUnlisted),
        handler: (_request, reply) => { reply.callNotFound() }
      })
    }
    declare(url, routePath)
    // Of the two paths that '/' below a prefix has, the hook is told of one.
    if (routePath === '') declare(`${url}/`, '/')
  })
}

function isRoot (app: FastifyInstance): boolean {
  return !('prefix' in Object.getPrototypeOf(app))
}

export const cors = fp(plugin, { name, fastify: '5.x' })
export default cors
