/**
 * Replaces dependencies in one app, for tests.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { kDependency, type Mention } from './definition.ts'
import { type Dependency, dependency, type Factory, isDependency, type RequestContext } from './dependency.ts'
import { APIKIT_ERR_DEPENDENCY } from './errors.ts'
import type { Overrides } from './graph.ts'

/** A dependency and its replacement. */
export class Override {
  readonly original: Dependency
  readonly replacement: Dependency

  constructor (original: Dependency, replacement: Dependency) {
    this.original = original
    this.replacement = replacement
  }
}

type Made<Value> = Value | Promise<Value> | Generator<Value> | AsyncGenerator<Value>

/**
 * Declares a replacement of a dependency. Its own inputs are read, not those of the original. Scopes required of the
 * original are required of it. The document stays as it is.
 *
 * ```ts
 * override(currentUser, () => alice)
 * ```
 *
 * @param replacement A dependency, or a factory. A factory has the scope of the original.
 * @throws APIKIT_ERR_DEPENDENCY when an argument is not a dependency.
 * @see https://fastapi.tiangolo.com/advanced/testing-dependencies/
 */
export function override<Value> (
  original: Dependency<Value>, replacement: Dependency<NoInfer<Value>> | Factory<RequestContext, Made<NoInfer<Value>>>
): Override {
  if (!isDependency(original)) throw new APIKIT_ERR_DEPENDENCY('override(): the first argument must be a dependency, made by dependency()')
  if (isDependency(replacement)) return new Override(original, replacement)
  const { name, scope = 'request' } = original[kDependency].definition
  return new Override(original, dependency({ scope, ...name !== undefined && { name } }, replacement as Factory<object, unknown>))
}

export const kOverrides: unique symbol = Symbol('fastify-apikit.dependencies.overrides')

declare module 'fastify' {
  interface FastifyInstance {
    [kOverrides]: Overrides
  }
}

/** Applies replacements to routes that are declared later, in this scope and below. The last one for a dependency wins. */
export function useOverrides (app: FastifyInstance, overrides: readonly Override[]): void {
  const replacements = new Map<unknown, Mention>(app.hasDecorator(kOverrides) ? app[kOverrides] : [])
  for (const { original, replacement } of overrides) replacements.set(original[kDependency].definition, replacement[kDependency])
  // `dependencies` was registered before, in this very scope.
  if (Object.hasOwn(app, kOverrides)) app[kOverrides] = replacements as Overrides
  else app.decorate(kOverrides, replacements as Overrides)
}
