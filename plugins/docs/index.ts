/// <reference types="@fastify/swagger" preserve="true" />
/**
 * Serves the OpenAPI document of all routes, Swagger UI and ReDoc.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/metadata/
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { optionalPeer } from '../core/peer.ts'
import { parseOptions } from '../core/options.ts'
import { rootPathOf, setRootPath } from '../core/http/root-path.ts'
import { contribute } from '../core/plan/conductor.ts'
import type { Callbacks } from './webhooks.ts'
import { behind, writeDocument } from './document.ts'
import { DocumentedRoutes, mount } from './documented-routes.ts'
import { APIKIT_ERR_DOCS_MOUNT, APIKIT_ERR_DOCS_TAKEN } from './errors.ts'
import { DocsOptions } from './options.ts'
import { servePages } from './routes.ts'

const name = 'fastify-apikit/docs'

export * from './errors.ts'
export type { Callback, CalledOperations, Callbacks, Webhooks } from './webhooks.ts'
export type { BreakingChange } from './changes/breaking-change.ts'
export { breakingChanges } from './changes/index.ts'
export { generateUniqueId, type IdentifiedOperation } from './names.ts'
export type { GenerateUniqueId } from './operation.ts'
export type { OpenApiDocument, TransformDocument } from './options.ts'
export { DocsOptions }

declare module 'fastify' {
  interface FastifySchema {
    /** Merged into the operation in the document: objects field by field, arrays appended. Added by `fastify-apikit/docs`. */
    openapiExtra?: object
    /** Requests that this route makes the app send, by name. Added by `fastify-apikit/docs`. */
    callbacks?: Callbacks
  }
}

const plugin: FastifyPluginAsync<DocsOptions> = async (app, options) => {
  const parsed = parseOptions(name, DocsOptions, options, app)
  const swagger = optionalPeer<typeof import('@fastify/swagger')>(name, '@fastify/swagger')
  if (Object.hasOwn(app, 'swagger')) throw new APIKIT_ERR_DOCS_TAKEN()

  if (parsed.mounted && app.prefix === '') throw new APIKIT_ERR_DOCS_MOUNT()

  setRootPath(app, name, parsed)
  if (parsed.mounted) mount(app)
  const routes = new DocumentedRoutes(app, parsed.mounted ? app.prefix : '', parsed)
  contribute(app, 'docs', plan => { routes.add(plan) }, 'all')

  let document: string | undefined
  // Mounted below another app, it is behind the same proxy.
  const own = () => ({ ...parsed, rootPath: rootPathOf(app) })
  const write = (): string => (document ??= writeDocument(app, routes, own()))

  // It knows when the document is ready, and other tools ask it for the document. We write the operations ourselves: it would
  // remove keywords that OpenAPI 3.1 has, and number the components.
  await app.register(swagger, {
    openapi: { openapi: '3.1.0' },
    stripBasePath: false,
    transform: ({ url }) => ({ schema: { hide: true }, url }),
    transformObject: () => JSON.parse(write())
  })
  await servePages(app, parsed, root => root === rootPathOf(app) ? write() : behind(write(), routes.prefix, own(), root))
}

/**
 * Serves the OpenAPI 3.1 document of the routes of this scope and below, Swagger UI and ReDoc. Register it before the routes.
 * Needs the packages `@fastify/swagger`, `@fastify/swagger-ui` and `redoc`.
 *
 * @param options URLs and contents of the document and the pages. Defaults: `/openapi.json`, `/docs`, `/redoc`.
 * @throws APIKIT_ERR_DOCS_TAKEN when the scope has a document already.
 * @throws APIKIT_ERR_DOCS_MOUNT when `mounted` is set in a scope without a prefix.
 * @throws APIKIT_ERR_MISSING_PEER when a package is not installed.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid.
 * @see https://fastapi.tiangolo.com/tutorial/metadata/
 * @example
 * ```ts
 * await app.register(docs, { title: 'Shop', version: '1.2.0' })
 * ```
 */
export const docs = fp(plugin, { name, fastify: '5.x || 6.x' })
export default docs
