/**
 * The document: every route of a scope, and what the options say of the whole.
 *
 * @module
 */

import type { RoutePlan } from '../internal/route-plan.ts'
import { nameComponents } from './components.ts'
import { type Operation, operationOf } from './operation.ts'
import type { ParsedOptions } from './options.ts'
import { wildcardName } from './parameters.ts'
import { Schemas } from './schema-scope.ts'
import { urlPathOf } from './url-path.ts'

export interface OpenApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string, readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly [keyword: string]: unknown
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])

/** Writes the document of these routes as JSON. */
export function writeDocument (plans: readonly RoutePlan[], options: ParsedOptions, warn: (message: string) => void): string {
  const schemas = new Schemas()
  const paths: Record<string, Record<string, Operation>> = {}
  const securitySchemes: Record<string, unknown> = { ...options.securitySchemes }
  const ids = new Set<string>()

  for (const { plan, methods } of documented(plans)) {
    const scope = schemas.of(plan.app)
    const url = urlPathOf(plan.route.url, wildcardName(plan, scope))
    for (const method of methods) {
      const operation = operationOf(plan, url, method.toLowerCase(), scope)
      if (ids.has(operation.operationId)) warn(`the operationId "${operation.operationId}" is used again by ${method} ${url.path}`)
      ids.add(operation.operationId)
      paths[url.path] = { ...paths[url.path], [method.toLowerCase()]: operation }
    }
    for (const [name, scheme] of plan.securitySchemes) securitySchemes[name] = scheme
  }

  const components = {
    ...schemas.components.length > 0 && { schemas: nameComponents(schemas.components) },
    ...Object.keys(securitySchemes).length > 0 && { securitySchemes }
  }
  return JSON.stringify({
    openapi: '3.1.0',
    ...headOf(options),
    paths,
    ...Object.keys(components).length > 0 && { components },
    ...tailOf(options)
  }, leaveOutNull)
}

/** As FastAPI does: `null` stands in lists only, where JSON writes it for what is left out. */
function leaveOutNull (_key: string, value: unknown): unknown {
  return value ?? undefined
}

/** The routes that are not hidden, with their methods; a HEAD that Fastify put beside a GET is not declared. */
function * documented (plans: readonly RoutePlan[]): Iterable<{ plan: RoutePlan, methods: readonly string[] }> {
  const withHead = new Set<string>()
  for (const plan of plans) {
    const { method, url, schema, exposeHeadRoute } = plan.route
    const methods = [method].flat()
    const path = url.replace(/\/$/, '')
    const isAutomatic = methods.join() === 'HEAD' && withHead.has(path)
    // In the config since Fastify 4, not in its type.
    const exposes = exposeHeadRoute ?? (plan.app.initialConfig as { exposeHeadRoutes: boolean }).exposeHeadRoutes
    if (methods.includes('GET') && exposes) withHead.add(path)
    if (schema?.hide !== true && !isAutomatic) yield { plan, methods: methods.filter(method => METHODS.has(method)) }
  }
}

function headOf ({ title, summary, description, termsOfService, contact, license, version, servers, rootPath }: ParsedOptions): object {
  const prefixed = rootPath === '' || servers.some(({ url }) => url === rootPath) ? servers : [{ url: rootPath }, ...servers]
  return {
    info: { title, summary, description, termsOfService, contact: linked(contact), license: linked(license), version },
    ...prefixed.length > 0 && { servers: prefixed }
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
