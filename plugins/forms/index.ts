/**
 * Forms and files: urlencoded by @fastify/formbody, multipart by @fastify/multipart, as `Form` and `File` describe them.
 *
 * @module
 */

import { tmpdir } from 'node:os'
import type { FastifyMultipartBaseOptions } from '@fastify/multipart'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync, FastifyPluginCallback, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { optionalPeer } from '../core/peer.ts'
import { parseOptions } from '../core/options.ts'
import { contribute } from '../core/plan/conductor.ts'
import type { Refuse } from '../core/plan/route-plan.ts'
import { FormRoutes } from './form-routes.ts'
import { FormLimits } from './limits.ts'
import { FormsOptions } from './options.ts'
import { UrlencodedForm } from './urlencoded-form.ts'

const name = 'fastify-apikit/forms'

export { FormsOptions }
export * from './errors.ts'
export type { FormLimits } from './limits.ts'
export type { StreamedFile, UploadFile } from '../types/index.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Limits of the forms of this route, in place of those of the plugin. Added by `fastify-apikit/forms`. */
    forms?: Partial<FormLimits>
  }
}

const RouteLimits = Type.Object(FormLimits.properties, { additionalProperties: false })

function limitsOf (given: unknown, refuse: Refuse): Partial<FormLimits> {
  if (given === undefined) return {}
  try {
    const limits = parseOptions('config.forms', RouteLimits, Object(given))
    return Object.fromEntries(Object.keys(Object(given)).map(key => [key, Reflect.get(limits, key)]))
  } catch (error) {
    refuse((error as Error).message)
    return {}
  }
}

const plugin: FastifyPluginAsync<FormsOptions> = async (app, options) => {
  const { memory, directory = tmpdir(), ...limits } = parseOptions(name, FormsOptions, options, app)
  const routes = new FormRoutes(limits, { memory, directory }, limitsOf)

  if (!app.hasContentTypeParser('application/x-www-form-urlencoded')) {
    await app.register(optionalPeer<FastifyPluginCallback<{ parser: (text: string) => unknown }>>(name, '@fastify/formbody'), { parser: (text: string) => new UrlencodedForm(text) })
  }
  const addCleanup = app.hasContentTypeParser('multipart/form-data') ? () => {} : multipart(app)
  contribute(app, 'forms', plan => {
    const { route } = plan
    routes.add(plan)
    // Of a form without a schema the handler reads the parts itself, and may save them by `request.saveRequestFiles()`.
    if (route.schema?.body === undefined) addCleanup(route)
  })
}

/**
 * Gives `request.parts()` and its like to a scope. What @fastify/multipart does for every request, whatever it carries,
 * costs a sixth of a small GET: its hooks, which remove files that it may have saved, go to the routes that can need
 * them, and its values are written on the requests that set them.
 */
function multipart (app: FastifyInstance): (route: RouteOptions) => void {
  const { default: register } = optionalPeer<{ default: (app: FastifyInstance, options: FastifyMultipartBaseOptions, done: () => void) => void }>(name, '@fastify/multipart')
  const hooks: Array<readonly ['onRequest' | 'onResponse', never]> = []
  const scope: FastifyInstance = Object.create(app, {
    addHook: { value: (hook: 'onRequest' | 'onResponse', run: never) => { hooks.push([hook, run]) } },
    decorateRequest: { value: (key: string, value: unknown) => { app.decorateRequest(key, typeof value === 'function' ? value : writtenLate(key, value)) } }
  })
  register(scope, {}, () => {})
  return route => {
    if ([route.method].flat().every(method => method === 'GET' || method === 'HEAD')) return
    for (const [hook, run] of hooks) route[hook] = [route[hook] ?? [], run].flat()
  }
}

function writtenLate (key: string, initial: unknown) {
  return {
    getter: () => initial,
    setter (this: object, value: unknown) { Object.defineProperty(this, key, { value, writable: true, configurable: true }) }
  }
}

export const forms = fp(plugin, { name, fastify: '5.x' })
export default forms
