/**
 * Answers CORS preflights and sets CORS headers by the rules of FastAPI's
 * `CORSMiddleware`.
 *
 * In the order of an exchange:
 *
 * 1. `OPTIONS` with `Origin` and `Access-Control-Request-Method` is a preflight: `Policy.preflight` answers it.
 * 2. @fastify/cors writes the headers of any other response, as `Policy.simple` says.
 * 3. `restore` has the last word at onSend: a handler may have replaced a header, a hook before this plugin may have
 *    answered. Every response has `Vary: Origin`, so that no cache gives it to a page of another origin.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/cors/
 */

import type { FastifyCorsOptionsDelegateCallback } from '@fastify/cors'
import type {
  FastifyInstance, FastifyPluginAsync, FastifyPluginCallback, FastifyReply, FastifyRequest, onRequestHookHandler, onSendHookHandler, RouteOptions
} from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { optionalPeer } from '../core/peer.ts'
import { exposedHeaders } from '../core/http/exposed-headers.ts'
import { kOutside, kPublic, kUnlisted, markedBy } from '../core/http/own-routes.ts'
import { isRoot } from '../core/scope.ts'
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
  const parsed = parseOptions(name, CorsOptions, options, app)
  const policy = policyOf({ ...parsed, exposeHeaders: [...new Set([...parsed.exposeHeaders, ...exposedHeaders(app)])] })
  const isNested = app[kPolicy] !== undefined
  // The nearest scope wins: the hooks of the outermost one ask for the policy of the route.
  app[kPolicy] = policy
  if (!isRoot(app)) app.addHook('onRoute', declarePreflight)
  if (isNested) return

  app.addHook('onRequest', answerPreflight)
  await registerFastifyCors(app)
  app.addHook('onSend', restore)
}

function policyOf (options: ParsedOptions): Policy {
  const { allowOrigins, allowCredentials } = options
  const anyone = allowCredentials ? allowOrigins.find(origin => origin === '*' || origin === 'null') : undefined
  if (anyone !== undefined) {
    const danger = `allowOrigins '${anyone}' cannot be combined with allowCredentials: any page could act with its visitor's cookies`
    throw new APIKIT_ERR_CORS(`${danger}. List the origins, or remove allowCredentials`)
  }
  try {
    return new Policy(options)
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_CORS(`allowOriginRegex must be a valid pattern: ${(cause as Error).message}. Look-around and back-references are not supported`), { cause })
  }
}

// 1. Preflights

function isPreflight ({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

/** Answers preflights before @fastify/cors, and before plugins that ask for credentials, which preflights do not have. */
const answerPreflight: onRequestHookHandler = (request, reply, done) => {
  if (!isPreflight(request)) return done()
  const { status, headers, text } = request.server[kPolicy].preflight(String(request.headers.origin), request.headers)
  reply.code(status).headers(headers).type('text/plain; charset=utf-8').send(text)
}

/**
 * Declares an OPTIONS route for a preflight. Without one, no route is found, and the hooks of a child scope would not
 * run, and the root does not know its policy. At the root itself the hooks run for unknown paths too.
 */
function declarePreflight (this: FastifyInstance, { method, url, routePath, constraints = {} }: RouteOptions & { routePath: string }): void {
  if ([method].flat().includes('OPTIONS')) return
  const declare = (full: string, path: string): void => {
    if (this.hasRoute({ method: 'OPTIONS', url: full, constraints })) return
    this.route({
      method: 'OPTIONS',
      url: path,
      prefixTrailingSlash: 'slash',
      constraints,
      schema: { hide: true },
      config: PREFLIGHT,
      handler: (_request, reply) => { reply.callNotFound() }
    })
  }
  declare(url, routePath)
  // Of the two paths that '/' below a prefix has, the hook is told of one.
  if (routePath === '') declare(`${url}/`, '/')
}

/** Marks of preflight routes: requests have no credentials, and reach no handler. */
const PREFLIGHT = markedBy(kOutside, kPublic, kUnlisted)

// 2. The headers of responses

let registered = 0

async function registerFastifyCors (app: FastifyInstance): Promise<void> {
  if (app.hasRequestDecorator('corsPreflightEnabled')) {
    throw new APIKIT_ERR_CORS('@fastify/cors is already registered in this scope or above. Remove one of the two plugins')
  }
  const fastifyCors = optionalPeer<FastifyPluginCallback<{ delegator: FastifyCorsOptionsDelegateCallback }>>(name, '@fastify/cors')
  const host = `cors-${++registered}.invalid`
  let isTheirs = true
  app.addHook('onRoute', route => {
    // Its catch-all for preflights would answer for the paths of other scopes, and clash with that of another
    // registration. It is left to a host that does not exist.
    if (isTheirs) Object.assign(route, { constraints: { host }, config: { ...route.config, ...PREFLIGHT } })
    else if (Object(route.config).cors !== undefined) {
      throw new APIKIT_ERR_CORS(`${String(route.method)} ${route.url}: config.cors is not supported. Register fastify-apikit/cors in a scope around the route`)
    }
  })
  await app.register(fastifyCors, { delegator: (request, done) => { done(null, request.server[kPolicy].simple(request.headers.origin)) } })
  isTheirs = false
}

// 3. What stays of them

const restore: onSendHookHandler = (request, reply, payload, done) => {
  const { headers: { origin }, server } = request
  if (!isPreflight(request)) {
    if (origin !== undefined) reply.headers(server[kPolicy].headers(origin))
    addVary(reply, 'Origin')
  }
  done(null, payload)
}

function addVary (reply: FastifyReply, name: string): void {
  const vary = reply.getHeader('vary')
  if (vary === name) return
  const names = [vary ?? []].flat().join(', ').split(',').map(name => name.trim()).filter(name => name !== '')
  if (names.includes('*') || names.some(known => known.toLowerCase() === name.toLowerCase())) return
  reply.header('vary', [...names, name].join(', '))
}

/**
 * Answers CORS preflights and sets CORS headers. Register it before the routes, and before plugins that ask for credentials.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS, APIKIT_ERR_CORS when the policy is unsafe, APIKIT_ERR_MISSING_PEER without @fastify/cors
 * @example
 * ```ts
 * await app.register(cors, { allowOrigins: ['https://shop.example'], allowMethods: ['GET', 'POST'], allowCredentials: true })
 * ```
 */
export const cors = fp(plugin, { name, fastify: '5.x || 6.x' })
export default cors
