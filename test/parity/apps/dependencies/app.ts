/**
 * An app whose routes have dependencies.
 *
 * @module
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import type { Override } from '../../../../plugins/dependencies/index.ts'
import testing from '../../../../plugins/testing/index.ts'
import { type AppSettings, parityApp } from '../app.ts'

export interface DependentSettings extends AppSettings {
  /** What the recording test had put in place of the dependencies of the app. */
  overrides?: readonly Override[]
}

export interface DependentOptions extends FastifyServerOptions {
  /** Use them. */
  overrides?: boolean
}

export type DependentFactory = (options?: DependentOptions) => Promise<FastifyInstance>

/** As `parityApp`, with dependencies. */
export function dependentApp (routes: FastifyPluginAsyncTypebox, { overrides = [], ...settings }: DependentSettings = {}): DependentFactory {
  return ({ overrides: isTest = false, ...options } = {}) => parityApp(async app => {
    await app.register(testing, { overrides: isTest ? overrides : [] })
    await routes(app, {})
  }, settings)(options)
}
