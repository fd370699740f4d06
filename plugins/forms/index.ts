/**
 * Forms and files: urlencoded by @fastify/formbody, multipart by @fastify/busboy, as `Form` and `File` describe them.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/request-forms-and-files/
 */

import { tmpdir } from 'node:os'
import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync, FastifyPluginCallback, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { parseOptions } from '../core/options.ts'
import { optionalPeer } from '../core/peer.ts'
import { MULTIPART, URLENCODED } from '../core/http/media-type.ts'
import { contribute } from '../core/plan/conductor.ts'
import { planOf } from '../core/plan/plan-of-request.ts'
import type { Refuse } from '../core/plan/route-plan.ts'
import { APIKIT_ERR_FORM_ROUTE } from './errors.ts'
import { addForms, formRouteOf, type FormRouteOptions } from './form-route.ts'
import { FormLimits } from './limits.ts'
import type { FormFields } from './multipart-form.ts'
import { FormsOptions } from './options.ts'
import { parseUrlencoded } from './urlencoded-form.ts'

const name = 'fastify-apikit/forms'

export { FormsOptions }
export * from './errors.ts'
export type { FormLimits } from './limits.ts'
export type { FormFields, FormValue } from './multipart-form.ts'
export type { StreamedFile, UploadFile } from '../types/index.ts'

const kScope: unique symbol = Symbol('fastify-apikit.forms.scope')

declare module 'fastify' {
  interface FastifyInstance {
    [kScope]?: FormRouteOptions
  }
  interface FastifyContextConfig {
    /** Limits for the forms of this route, in place of those of the plugin. Added by `fastify-apikit/forms`. */
    forms?: Partial<FormLimits>
  }
  interface FastifyRequest {
    /**
     * Reads a form that no schema describes: on a route without a body schema. What is no form has no fields. Added by
     * `fastify-apikit/forms`.
     *
     * @throws APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE, APIKIT_ERR_FORM_ROUTE on a route with a body schema
     * @example
     * ```ts
     * app.post('/any', async request => Object.keys(await request.form()))
     * ```
     * @see https://fastapi.tiangolo.com/tutorial/request-forms/
     */
    form (): Promise<FormFields>
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
  const { memory, directory = tmpdir(), ...parsed } = parseOptions(name, FormsOptions, options, app)
  const above = app[kScope]
  // Each limit that is not given is that of the scope above.
  const limits = { ...parsed, ...Object.fromEntries(Object.entries(above?.limits ?? {}).filter(([limit]) => !(limit in options))) }
  const scope: FormRouteOptions = {
    limits,
    limitsOf,
    store: { memory, directory },
    ceiling: above?.ceiling ?? { fields: limits.fields, fieldSize: limits.fieldSize },
    isBeside: above?.isBeside ?? app.hasContentTypeParser(MULTIPART)
  }
  app[kScope] = scope

  if (above === undefined) app.decorateRequest('form', form)
  if (!app.hasContentTypeParser(URLENCODED)) {
    const formbody = optionalPeer<FastifyPluginCallback<{ parser: (text: string) => unknown }>>(name, '@fastify/formbody')
    await app.register(formbody, { parser: text => parseUrlencoded(text, scope.ceiling) })
  }
  if (!app.hasContentTypeParser(MULTIPART)) {
    app.addContentTypeParser(MULTIPART, (request, payload, done) => {
      const body = planOf(request)?.slots.body
      // An unknown path, or a route that was declared before: its body is left alone.
      if (body === undefined) done(null, undefined)
      else body(request, payload).then(value => { done(null, value) }, done)
    })
  }
  contribute(app, 'forms', plan => { addForms(plan, scope) })
}

async function form (this: FastifyRequest): Promise<FormFields> {
  const route = formRouteOf(this)
  if (route === undefined) {
    throw new APIKIT_ERR_FORM_ROUTE('request.form() needs a route that is declared after fastify-apikit/forms, with a method that has a body')
  }
  return await route.formOf(this)
}

/**
 * Reads forms and files. Register it after `fastify-apikit/validation`, and before the routes.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS, APIKIT_ERR_MISSING_PEER without @fastify/formbody
 * @example
 * ```ts
 * await app.register(forms, { fileSize: 10_000_000 })
 * app.post('/books', { schema: { body: Form({ title: Type.String(), cover: File() }) } }, async ({ body }) => body.cover.size)
 * ```
 */
export const forms = fp(plugin, { name, fastify: '5.x || 6.x' })
export default forms
