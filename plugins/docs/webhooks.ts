/**
 * Operations that the app calls: callbacks of its routes, and webhooks.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/openapi-callbacks/
 * @see https://fastapi.tiangolo.com/advanced/openapi-webhooks/
 */

import type { FastifyInstance, FastifySchema } from 'fastify'
import { RoutePlan, type Validator } from '../core/plan/route-plan.ts'

/** Schemas by method, as those of a route: `{ post: { body: Event, response: { 200: Received } } }`. */
export type CalledOperations = Readonly<Partial<Record<'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch' | 'trace', FastifySchema>>>

/** Operations by the called URL, which may contain OpenAPI expressions: `{$request.body#/callback_url}/paid`. */
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
 * Creates plans of operations without a route. They are written like those of routes.
 *
 * @param validator Describes the response to an invalid request, if the app has one.
 */
export function calledPlans (app: FastifyInstance, url: string, operations: CalledOperations, validator: Validator | undefined): CalledPlan[] {
  return Object.entries(operations).map(([method, schema]) => {
    const plan = new RoutePlan(app, { method: method.toUpperCase() as 'POST', url, schema, handler: String }) // Never called.
    plan.isTextJson = true
    if (validator !== undefined && Object.keys(plan.inputs).length > 0) plan.responses.set(validator.refusal.status, validator.refusal.response)
    return { method, plan }
  })
}
