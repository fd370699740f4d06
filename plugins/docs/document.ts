/**
 * Writes the document: the routes of a scope, and the options.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { RoutePlan } from '../core/plan/route-plan.ts'
import { nameComponents } from './components.ts'
import type { DocumentedRoutes } from './documented-routes.ts'
import { APIKIT_ERR_DOCS_TRANSFORM } from './errors.ts'
import { calledOperationsOf, type Operation, operationOf } from './operation.ts'
import type { OpenApiDocument, ParsedOptions } from './options.ts'
import { Schemas } from './schema-scope.ts'

/** Writes the document of routes as JSON. */
export function writeDocument (app: FastifyInstance, routes: DocumentedRoutes, options: ParsedOptions): string {
  const { generateUniqueId, separateInputOutputSchemas, transform } = options
  const schemas = new Schemas(separateInputOutputSchemas)
  const paths: Record<string, Record<string, Operation>> = {}
  const securitySchemes: Record<string, unknown> = { ...options.securitySchemes }

  for (const endpoint of routes.endpoints()) {
    const { plan, url: { path }, method } = endpoint
    paths[path] = { ...paths[path], [method]: operationOf(endpoint, schemas.of(plan.app), generateUniqueId) }
    for (const [name, scheme] of plan.securitySchemes) securitySchemes[name] = scheme
  }
  const webhooks = webhooksOf(options, { app, validator: routes.validator }, schemas)

  const components = {
    ...schemas.components.length > 0 && { schemas: nameComponents(schemas.components) },
    ...Object.keys(securitySchemes).length > 0 && { securitySchemes }
  }
  const json = JSON.stringify({
    openapi: '3.1.0',
    ...headOf(options, routes.prefix),
    paths,
    ...webhooks,
    ...Object.keys(components).length > 0 && { components },
    ...tailOf(options)
  }, leaveOutNull)
  return transform === undefined ? json : transformed(json, transform)
}

/**
 * Returns a document for the clients of another proxy.
 *
 * @param prefix Prefix of all paths, left out of the document.
 * @param root Path prefix that the proxy removes.
 */
export function behind (json: string, prefix: string, { rootPath, rootPathInServers }: ParsedOptions, root: string): string {
  if (!rootPathInServers) return json
  const { openapi, info, servers = [], ...rest }: { servers?: Array<{ url: string }>, [keyword: string]: unknown } = JSON.parse(json)
  // An entry with no more than this is the one that `headOf` has added.
  const others = servers.filter(({ url, ...more }) => url !== rootPath + prefix || Object.keys(more).length > 0)
  const all = withServer(others, root + prefix)
  return JSON.stringify({ openapi, info, ...all.length > 0 && { servers: all }, ...rest })
}

function withServer<T extends { url: string }> (servers: readonly T[], root: string): ReadonlyArray<T | { url: string }> {
  return root === '' || servers.some(({ url }) => url === root) ? servers : [{ url: root }, ...servers]
}

function transformed (json: string, transform: NonNullable<ParsedOptions['transform']>): string {
  const document: OpenApiDocument = JSON.parse(json)
  const result: unknown = transform(document) ?? document
  if (typeof result !== 'object' || result === null || !('paths' in result)) throw new APIKIT_ERR_DOCS_TRANSFORM()
  return JSON.stringify(result)
}

/** As FastAPI: in JSON, a missing value inside an array becomes `null`, and is left out elsewhere. */
function leaveOutNull (_key: string, value: unknown): unknown {
  return value ?? undefined
}

function webhooksOf ({ webhooks = {}, generateUniqueId }: ParsedOptions, from: Pick<RoutePlan, 'app' | 'validator'>, schemas: Schemas): object {
  const written = Object.entries(webhooks).map(([name, operations]) =>
    [name, calledOperationsOf({ name, url: name, operations }, from, schemas.of(from.app), generateUniqueId)] as const)
  return written.length === 0 ? {} : { webhooks: Object.fromEntries(written) }
}

/** @param prefix Prefix of all paths, left out of the document. */
function headOf (options: ParsedOptions, prefix: string): object {
  const { title, summary, description, termsOfService, contact, license, version, servers, rootPath, rootPathInServers } = options
  const all = rootPathInServers ? withServer(servers, rootPath + prefix) : servers
  return {
    info: { title, summary, description, termsOfService, contact: linked(contact), license: linked(license), version },
    ...all.length > 0 && { servers: all }
  }
}

function tailOf ({ tags, externalDocs }: ParsedOptions): object {
  return {
    ...tags.length > 0 && { tags: tags.map(tag => ({ ...tag, externalDocs: linked(tag.externalDocs) })) },
    ...externalDocs !== undefined && { externalDocs: linked(externalDocs) }
  }
}

/** With its `url` as the URL Standard writes it: `http://x.com` is `http://x.com/`. */
function linked<T extends { url?: string }> (value: T | undefined): T | undefined {
  return value?.url !== undefined && URL.canParse(value.url) ? { ...value, url: new URL(value.url).href } : value
}
