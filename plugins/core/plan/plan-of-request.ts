/**
 * The plan of the route that a request is for.
 *
 * @module
 */

import type { FastifyRequest, RouteOptions } from 'fastify'
import type { RoutePlan } from './route-plan.ts'

const kPlan: unique symbol = Symbol('fastify-apikit.plan')

/** Makes the plan of a route known to its requests. */
export function keepPlan (route: RouteOptions, plan: RoutePlan): void {
  route.config = { ...route.config, [kPlan]: plan } as NonNullable<RouteOptions['config']>
}

/** `undefined` for a request without a route, and for one of a scope without our plugins. */
export function planOf ({ routeOptions: { config } }: FastifyRequest): RoutePlan | undefined {
  return Reflect.get(config, kPlan)
}
