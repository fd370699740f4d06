/**
 * Every route of an app, also those that were declared before the first plugin of ours, and beside it. Fastify tells of
 * each new app on a diagnostics channel, so that the routes can be watched from the start.
 *
 * @module
 * @see https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks
 */

import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

export interface DeclaredRoute {
  readonly scope: FastifyInstance
  readonly route: RouteOptions
}

/** What to do about a route that a plugin came too late for. */
export const BEFORE = 'Await its registration before you declare the route, or declare the route in a plugin that is registered after it.'

interface Observed {
  routes: DeclaredRoute[]
  /** Whether no route can have been missed. */
  readonly isWhole: boolean
}

const observed = new WeakMap<FastifyInstance, Observed>()

function observe (root: FastifyInstance, isWhole: boolean): Observed {
  const found: Observed = { routes: [], isWhole }
  observed.set(root, found)
  root.addHook('onRoute', function (this: FastifyInstance, route) { found.routes.push({ scope: this, route }) })
  return found
}

subscribe('fastify.initialization', message => { observe((message as { fastify: FastifyInstance }).fastify, true) })

/** Begins to watch an app that was made before this module was loaded. */
export function watchRoutes (root: FastifyInstance): void {
  if (!observed.has(root)) observe(root, root.printRoutes().trim() === '(empty tree)')
}

/** The routes of an app, in the order in which they were declared. */
export function declaredRoutes (root: FastifyInstance): Observed {
  return observed.get(root) as Observed
}

/** Releases the routes of an app. They are only needed until the app is ready. */
export function forgetRoutes (root: FastifyInstance): void {
  declaredRoutes(root).routes = []
}
