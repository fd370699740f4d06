/**
 * Health checks of an app. Plugins add theirs whether or not `fastify-apikit/health` is registered, which runs them.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { rootOf } from './scope.ts'

/**
 * Throws, or rejects, when something does not work. The value is ignored.
 *
 * @param signal Aborted when the timeout has passed.
 */
export type Check = (signal: AbortSignal) => unknown

export interface CheckOptions {
  /** Milliseconds after which the check has failed. Default: the option `timeout` of the plugin. */
  readonly timeout?: number
  /** If false, a failure is reported, but the app is still ready. Default: `true`. */
  readonly critical?: boolean
}

export interface HealthCheck extends CheckOptions {
  readonly name: string
  readonly check: Check
}

const byRoot = new WeakMap<FastifyInstance, HealthCheck[]>()

/**
 * Adds a check to the app that a scope belongs to.
 *
 * @param name Name of the plugin. A second check of that name gets a number: a plugin can be registered in several scopes.
 */
export function addHealthCheck (scope: FastifyInstance, name: string, check: Check, options: CheckOptions = {}): void {
  const root = rootOf(scope)
  const checks = byRoot.get(root) ?? []
  byRoot.set(root, checks)
  const count = checks.filter(one => one.name === name || one.name.startsWith(`${name}-`)).length
  checks.push({ ...options, name: count === 0 ? name : `${name}-${count + 1}`, check })
}

/** Returns the checks that were added so far. */
export function healthChecks (scope: FastifyInstance): readonly HealthCheck[] {
  return byRoot.get(rootOf(scope)) ?? []
}
