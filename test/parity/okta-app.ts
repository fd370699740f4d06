import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import openid from '../../plugins/openid/index.ts'
import type { AppFactory } from './apps/app.ts'
import { dependentApp } from './apps/dependencies/app.ts'
import { OKTA } from './okta-issuer.ts'

/** An app that knows the recorded issuer. */
export function oktaApp (routes: FastifyPluginAsyncTypebox): AppFactory {
  return dependentApp(async (app, options) => {
    await app.register(openid, OKTA)
    await routes(app, options)
  })
}
