/**
 * Renders HTML from Jinja2 templates, with escaping, and links to routes by name.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/templates/
 */

import { statSync } from 'node:fs'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { authorityOf } from '../core/http/host.ts'
import { optionalPeer } from '../core/peer.ts'
import { prefixOf, setRootPath } from '../core/http/root-path.ts'
import { keepNames, type UrlParameters } from '../core/http/named-routes.ts'
import { parseOptions } from '../core/options.ts'
import { register } from '../core/plan/conductor.ts'
import { templateEnvironment } from './environment.ts'
import { APIKIT_ERR_TEMPLATE_ROOT, APIKIT_ERR_URL_FOR } from './errors.ts'
import { TemplatesOptions } from './options.ts'

const name = 'fastify-apikit/templates'

export * from './errors.ts'
export { TemplatesOptions }

/**
 * Returns the absolute URL of a route: `urlFor('item', { id: 1 })` for `/items/:id`. `path` is the value of a `*`.
 *
 * @throws APIKIT_ERR_URL_FOR when no route has this name and these parameters.
 */
export type UrlFor = (name: string, parameters?: UrlParameters) => string

/** Values that a template sees in addition to its data. */
export interface Locals {
  readonly request: FastifyRequest
  readonly urlFor: UrlFor
  /** `urlFor`, under its name in FastAPI. */
  readonly url_for: UrlFor
  [name: string]: unknown
}

const kLocals: unique symbol = Symbol('fastify-apikit.templates.locals')

declare module 'fastify' {
  interface FastifyInstance {
    /** Renders a template for something other than a response: a mail, a file. Added by `fastify-apikit/templates`. */
    view (template: string, data?: object): Promise<string>
  }
  interface FastifyContextConfig {
    /** Name of the route, for `urlFor`. */
    name?: string
  }
  interface FastifyRequest {
    /** Returns the URL of a route by its name. Added by `fastify-apikit/templates`. */
    urlFor: UrlFor
  }
  interface FastifyReply {
    /** Values that the templates of this response see in addition to their data. Added by `fastify-apikit/templates`. */
    readonly locals: Locals
    [kLocals]?: Locals
    /** Renders a template and sends it as HTML. Added by `fastify-apikit/templates`. */
    view (template: string, data?: object): this
    /** Renders a template to be returned by the handler; the response becomes HTML. Added by `fastify-apikit/templates`. */
    viewAsync (template: string, data?: object): Promise<string>
  }
}

const plugin: FastifyPluginAsync<TemplatesOptions> = async (app, options) => {
  const { root, cache = process.env.NODE_ENV === 'production', filters, globals, ...proxy } = parseOptions(name, TemplatesOptions, options, app)
  register(app, 'templates')
  setRootPath(app, name, proxy)
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) throw new APIKIT_ERR_TEMPLATE_ROOT(root)
  const view = optionalPeer<FastifyPluginAsync<Record<string, unknown>>>(name, '@fastify/view')
  const env = templateEnvironment(name, { root, cache, filters, globals })
  const names = keepNames(app)

  if (!app.hasRequestDecorator('urlFor')) {
    app.decorateRequest('urlFor', function (this: FastifyRequest, route: string, { __keywords, ...parameters }: UrlParameters = {}) {
      const path = names.pathOf(route, parameters, this.server)
      if (path === undefined) throw new APIKIT_ERR_URL_FOR(route, Object.keys(parameters).join(', '), names.known)
      return `${this.protocol}://${authorityOf(this)}${prefixOf(this)}${path}`
    })
    // As a getter, so that @fastify/view creates no object for each request.
    app.decorateReply('locals', {
      getter (this: FastifyReply) {
        this[kLocals] ??= localsOf(this.request)
        return this[kLocals]
      }
    })
  }
  await app.register(view, { engine: { nunjucks: { configure: () => env } }, templates: root, production: cache })
}

function localsOf (request: FastifyRequest): Locals {
  const urlFor: UrlFor = (route, parameters) => request.urlFor(route, parameters)
  return { request, urlFor, url_for: urlFor }
}

/**
 * Adds `reply.view()`, which renders HTML from Jinja2 templates. Register it before the routes. Needs the packages
 * `@fastify/view` and `nunjucks`.
 *
 * @param options `root`, the folder of the templates, is required.
 * @throws APIKIT_ERR_TEMPLATE_ROOT when `root` is not a folder.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @throws APIKIT_ERR_MISSING_PEER when a package is not installed.
 * @see https://fastapi.tiangolo.com/advanced/templates/
 * @example
 * ```ts
 * await app.register(templates, { root: join(import.meta.dirname, 'templates') })
 * app.get('/items/:id', { config: { name: 'item' } }, async (request, reply) => reply.view('item.html', { item }))
 * ```
 */
export const templates = fp(plugin, { name, fastify: '5.x || 6.x' })
export default templates
