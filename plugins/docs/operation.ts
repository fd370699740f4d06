/**
 * Writes one operation: a method of a path.
 *
 * @module
 */

import type { RoutePlan } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import { type Callbacks, type CalledOperations, calledPlans } from './webhooks.ts'
import { cleanText, generateUniqueId, type IdentifiedOperation, nameOf, summaryOf } from './names.ts'
import { type Parameter, parametersOf } from './parameters.ts'
import { type RequestBody, requestBodyOf } from './request-body.ts'
import { type Response, responsesOf } from './responses.ts'
import type { SchemaScope } from './schema-scope.ts'
import type { UrlPath } from './url-path.ts'

export interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: RequestBody
  readonly responses: Readonly<Record<string, Response>>
  readonly [keyword: string]: unknown
}

/** Methods for which FastAPI documents a body, even where HTTP gives it no meaning. */
const WITH_BODY = new Set(['get', 'head', 'post', 'put', 'delete', 'patch'])

/** Creates the IDs of operations without `operationId`. */
export type GenerateUniqueId = (operation: IdentifiedOperation) => string

/** One method of a route. */
export interface Endpoint {
  readonly plan: RoutePlan
  readonly url: UrlPath
  /** Lower case. */
  readonly method: string
  /** Name of the handler. */
  readonly called?: string
}

/** Input of the names of an operation. */
function identified ({ plan, url: { path }, method, called = plan.handler.name }: Endpoint): IdentifiedOperation {
  const schema = plan.route.schema ?? {}
  return { name: nameOf(called, schema), method, path, tags: [...plan.tags, ...schema.tags ?? []], schema }
}

/** Returns the operation ID in the document. */
export function operationIdOf (endpoint: Endpoint, generate: GenerateUniqueId = generateUniqueId): string {
  const { operationId, openapiExtra } = endpoint.plan.route.schema ?? {}
  const above = isSchema(openapiExtra) ? openapiExtra.operationId : undefined
  return typeof above === 'string' ? above : operationId ?? generate(identified(endpoint))
}

export function operationOf (endpoint: Endpoint, scope: SchemaScope, generate?: GenerateUniqueId): Operation {
  const { plan, url, method } = endpoint
  const { description, deprecated, externalDocs, security: declared = [], callbacks, openapiExtra } = plan.route.schema ?? {}
  const names = identified(endpoint)
  const operationId = operationIdOf(endpoint, generate)
  const security = requirementsOf([...plan.security, ...declared])
  const parameters = parametersOf(plan, url.names, scope)
  const requestBody = WITH_BODY.has(method) ? requestBodyOf(plan, operationId, scope) : undefined

  const operation: Operation = {
    ...names.tags.length > 0 && { tags: names.tags },
    summary: summaryOf(names),
    ...description !== undefined && { description: cleanText(description) },
    ...externalDocs !== undefined && { externalDocs },
    operationId,
    ...deprecated === true && { deprecated },
    ...security.length > 0 && { security },
    ...parameters.length > 0 && { parameters },
    ...requestBody !== undefined && { requestBody },
    responses: responsesOf(plan, operationId, scope),
    ...callbacks !== undefined && { callbacks: callbacksOf(callbacks, plan, scope, generate) }
  }
  return isSchema(openapiExtra) ? merge(operation, openapiExtra) as Operation : operation
}

function callbacksOf (callbacks: Callbacks, { app, validator }: RoutePlan, scope: SchemaScope, generate?: GenerateUniqueId): object {
  return Object.fromEntries(Object.entries(callbacks).map(([name, urls]) => [name, Object.fromEntries(Object.entries(urls).map(([url, operations]) =>
    [url, calledOperationsOf({ name, url, operations }, { app, validator }, scope, generate)]))]))
}

/** Writes the operations of one URL, or of one webhook. */
export interface Called {
  readonly name: string
  readonly url: string
  readonly operations: CalledOperations
}

export function calledOperationsOf (
  { name, url, operations }: Called, { app, validator }: Pick<RoutePlan, 'app' | 'validator'>, scope: SchemaScope, generate?: GenerateUniqueId
): Record<string, Operation> {
  return Object.fromEntries(calledPlans(app, url, operations, validator).map(({ method, plan }) => {
    const names = new Map(Object.keys(Object(plan.inputs.params?.properties)).map(param => [param, param]))
    return [method, operationOf({ plan, url: { path: url, names }, method, called: name }, scope, generate)]
  }))
}

/** Merges requirements that name one scheme, with all scopes. Those with several schemes stay as they are. */
function requirementsOf (all: RoutePlan['security']): Array<Record<string, string[]>> {
  const merged = new Map<unknown, Record<string, string[]>>()
  for (const requirement of all) {
    const entries = Object.entries(requirement)
    const key = entries.length === 1 ? entries[0]?.[0] : requirement
    const known = merged.get(key)
    merged.set(key, Object.fromEntries(entries.map(([name, scopes]) => [name, [...new Set([...known?.[name] ?? [], ...scopes])]])))
  }
  return [...merged.values()]
}

/** Merges objects field by field, and appends arrays. */
function merge (below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above]
  if (!isSchema(below) || !isSchema(above)) return above
  const merged: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) merged[key] = key in below ? merge(below[key], value) : value
  return merged
}
