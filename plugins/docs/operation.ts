/**
 * One method of one path.
 *
 * @module
 */

import type { RoutePlan } from '../internal/route-plan.ts'
import { isSchema } from '../internal/schema/references.ts'
import { namesOf } from './names.ts'
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

/** FastAPI documents a body for these, whether HTTP gives it a meaning or not. */
const WITH_BODY = new Set(['get', 'head', 'post', 'put', 'delete', 'patch'])

/** @param method in lower case */
export function operationOf (plan: RoutePlan, { path, names }: UrlPath, method: string, scope: SchemaScope): Operation {
  const { description, deprecated, externalDocs, tags = [], security: declared = [], openapiExtra } = plan.route.schema ?? {}
  const { summary, operationId } = namesOf(plan.route, path, method)
  const security = requirementsOf([...plan.security, ...declared])
  const parameters = parametersOf(plan, names, scope)
  const requestBody = WITH_BODY.has(method) ? requestBodyOf(plan, operationId, scope) : undefined
  const allTags = [...plan.tags, ...tags]

  const operation: Operation = {
    ...allTags.length > 0 && { tags: allTags },
    summary,
    ...description !== undefined && { description },
    ...externalDocs !== undefined && { externalDocs },
    operationId,
    ...deprecated === true && { deprecated },
    ...security.length > 0 && { security },
    ...parameters.length > 0 && { parameters },
    ...requestBody !== undefined && { requestBody },
    responses: responsesOf(plan, operationId, scope)
  }
  return isSchema(openapiExtra) ? merge(operation, openapiExtra) as Operation : operation
}

/** What names one scheme is put together, with all its scopes; what names several stays as it is. */
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

/** One object over another: objects field by field, lists one behind the other. */
function merge (below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above]
  if (!isSchema(below) || !isSchema(above)) return above
  const merged: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) merged[key] = key in below ? merge(below[key], value) : value
  return merged
}
