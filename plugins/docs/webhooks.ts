/**
 * Operations that the app does not answer but asks of others: callbacks of its routes, and webhooks.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/openapi-callbacks/
 * @see https://fastapi.tiangolo.com/advanced/openapi-webhooks/
 */

import type { FastifyInstance, FastifySchema } from 'fastify'
import { RoutePlan, type Validator } from '../core/plan/route-plan.ts'

/** Schemas by method, as those of a route: `{ post: { body: Event, response: { 200: Received } } }`. */
export type CalledOperations = Readonly<Partial<Record<'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch' | 'trace', FastifySchema>>>

/** Operations by the URL that is called, in which stand expressions of OpenAPI: `{$request.body#/callback_url}/paid`. */
export type Callback = Readonly<Record<string, CalledOperations>>

/** Callbacks of a route, by name. */
export type Callbacks = Readonly<Record<string, Callback>>

/** Webhooks of an app, by name. */
export type Webhooks = Readonly<Record<string, CalledOperations>>

export interface CalledPlan {
  readonly method: string
  readonly plan: RoutePlan
}

/**
 * Plans of operations that are nobody's routes: they are written as those of routes are.
 *
 * @param validator tells how a wrong request would be answered, where the app has one
 */
export function calledPlans (app: FastifyInstance, url: string, operations: CalledOperations, validator: Validator | undefined): CalledPlan[] {
  return Object.entries(operations).map(([method, schema]) => {
    const plan = new RoutePlan(app, { method: method.toUpperCase() as 'POST', url, schema, handler: String }) // nobody calls it
    plan.isTextJson = true
    if (validator !== undefined && Object.keys(plan.inputs).length > 0) plan.responses.set(validator.refusal.status, validator.refusal.response)
    return { method, plan }
  })
}
