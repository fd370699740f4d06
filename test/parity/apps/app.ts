/**
 * FastAPI's tutorial apps, and those of its test suite, in plain Fastify: what each answers is compared with what
 * FastAPI's own answers.
 *
 * @module
 */

import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { DocsOptions } from '../../../plugins/docs/index.ts'
import apikit from '../../../plugins/index.ts'
import type { FormsOptions } from '../../../plugins/forms/index.ts'
import type { ValidationOptions } from '../../../plugins/validation/index.ts'

/** Makes a fresh app: what one scenario stores, the next does not see. */
export type AppFactory = (options?: FastifyServerOptions) => Promise<FastifyInstance>

/** What the plugins are given: FastAPI's `FastAPI(…)`. */
export interface AppSettings {
  docs?: Partial<DocsOptions>
  forms?: FormsOptions
  validation?: ValidationOptions
}

/** An app with every plugin, and these routes. */
export function parityApp (routes: FastifyPluginAsyncTypebox, settings: AppSettings = {}): AppFactory {
  return async options => {
    const app = Fastify(options)
    await app.register(apikit, {
      docs: { title: 'FastAPI', ...settings.docs },
      forms: settings.forms ?? true,
      validation: settings.validation ?? true,
      responseModel: { undeclaredText: 'json' }
    })
    // In the same scope, as in FastAPI: a handler of errors is asked about unknown paths too.
    await routes(app.withTypeProvider<TypeBoxTypeProvider>(), {})
    return app
  }
}
