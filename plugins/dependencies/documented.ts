/**
 * Adds the inputs, security schemes and errors of dependencies to the plan of a route, for validation and for the document.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import type { RouteOptions } from 'fastify'
import type { PlannedResponse, RoutePlan } from '../core/plan/route-plan.ts'
import type { Answer } from './definition.ts'
import type { Graph, Need, RequestCall } from './graph.ts'
import { type HandedSchema, type Inheritance, plannedAnswer } from './inheritance.ts'

/** Fills the plan of a route. */
export function document (plan: RoutePlan, graph: Graph, inheritance: Inheritance): void {
  const calls = outerFirst(graph)
  plan.tags.push(...inheritance.tags)
  plan.presentation.push(...inheritance.presentation)
  handDown(plan.route, inheritance.schema)

  const definitions = new Set<unknown>()
  const scopes = new Map<string, Set<string>>()
  for (const { definition, label, scopes: asked } of calls) {
    for (const [name, scheme] of Object.entries(definition.security)) {
      plan.securitySchemes.set(name, scheme)
      if (scheme.in === 'query') plan.queryKeys.add(String(scheme.name))
      scopes.set(name, new Set([...scopes.get(name) ?? [], ...asked]))
    }
    if (definitions.has(definition)) continue
    definitions.add(definition)
    if (Object.keys(definition.inputs).length > 0) plan.inherited.push({ from: `dependency "${label}"`, inputs: definition.inputs })
  }
  for (const [name, asked] of scopes) plan.security.push({ [name]: [...asked] })

  for (const [status, answer] of answersOf(calls)) plan.responses.set(status, answer)
  for (const [status, answer] of inheritance.responses) plan.responses.set(status, answer)
}

/** Adds what the scopes hand down to the schema of a route, which overrides it. */
function handDown (route: RouteOptions, { defaultResponse, deprecated, hide, callbacks }: HandedSchema): void {
  if ((defaultResponse ?? deprecated ?? hide ?? callbacks) === undefined) return
  const { response, ...own }: Record<string, unknown> = { ...route.schema }
  const hasSuccess = Object.keys(Object(response)).some(status => /^2|^default$/i.test(status))
  route.schema = {
    ...deprecated === true && { deprecated },
    ...hide === true && { hide },
    ...own,
    ...callbacks !== undefined && { callbacks: { ...callbacks, ...Object(own.callbacks) } },
    ...(response !== undefined || defaultResponse !== undefined) && { response: { ...!hasSuccess && defaultResponse !== undefined && { 200: defaultResponse }, ...Object(response) } }
  }
}

/** Returns inputs in the order of FastAPI's document: those of a dependency before those of its needs. */
function outerFirst ({ roots }: Graph): Iterable<RequestCall> {
  const calls = new Set<RequestCall>()
  const add = (need: Need): void => {
    if (need.at !== 'request' || calls.has(need)) return
    calls.add(need)
    for (const [, below] of need.needs) add(below)
  }
  for (const [, need] of roots) add(need)
  return calls
}

function answersOf (calls: Iterable<RequestCall>): Map<string, PlannedResponse> {
  const byStatus = new Map<string, Set<Answer>>()
  for (const { definition: { errors } } of calls) {
    for (const error of errors) byStatus.set(String(error.status), (byStatus.get(String(error.status)) ?? new Set()).add(error))
  }
  return new Map([...byStatus].map(([status, errors]) => {
    const schemas = [...errors].map(({ schema }) => schema)
    return [status, plannedAnswer(status, Type.Union(schemas))]
  }))
}
