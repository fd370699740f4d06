/**
 * The runtime description of a dependency.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { RouteOptions } from 'fastify'
import { kDependency } from '../core/plan/marks.ts'
import type { Inputs, Schema } from '../core/plan/route-plan.ts'
import { limited, type Slots } from './concurrency.ts'
import type { Dependency } from './dependency.ts'

export { kDependency }

export type Scope = 'request' | 'function' | 'app'

/** How a factory is called, and what is done with its result. */
export type Kind = 'function' | 'async' | 'generator' | 'async generator' | 'class' | 'scopes'

/** A documented error: a class made by `httpError`, or any object with these two properties. */
export interface Answer {
  readonly status: number
  readonly schema: TSchema
}

/** A scheme, as in `components.securitySchemes` of OpenAPI. */
export type Scheme = Schema

/** The identity of a dependency. Each call of `dependency()` creates one. */
export interface Definition {
  readonly name: string | undefined
  readonly needs: Readonly<Record<string, Dependency>>
  readonly inputs: Inputs
  readonly isForm: boolean
  readonly scope: Scope | undefined
  readonly fresh: boolean
  readonly security: Readonly<Record<string, Scheme>>
  readonly errors: readonly Answer[]
  readonly decorators: readonly string[]
  readonly factory: (context: object) => unknown
  readonly kind: Kind
  readonly forRoute: ((route: RouteOptions) => Definition['factory'] | undefined) | undefined
  /** Maximum number of calls at once. `undefined`: no limit. */
  readonly slots: Slots | undefined
}

/** A dependency as it is mentioned, with scopes or as fresh. */
export interface Mention {
  readonly definition: Definition
  /** OAuth2 scopes that this mention requires, for the dependency and for all that it needs. */
  readonly scopes: readonly string[]
  readonly fresh: boolean
}

const KINDS: Readonly<Record<string, Kind>> = {
  '[object AsyncFunction]': 'async',
  '[object GeneratorFunction]': 'generator',
  '[object AsyncGeneratorFunction]': 'async generator'
}

/** Returns the kind of a factory. Looks behind bound functions and Proxies, as FastAPI looks behind `partial`. A bound class cannot be told from a function. */
export function kindOf (factory: Definition['factory']): Kind {
  const kind = KINDS[Object.prototype.toString.call(factory)]
  // The `prototype` of a class cannot be written, that of a function can.
  return kind ?? (Object.getOwnPropertyDescriptor(factory, 'prototype')?.writable === false ? 'class' : 'function')
}

/** Applies `forRoute` for a route. Without a route (`undefined`) the definition is returned as it is. */
export function definitionFor (definition: Definition, route: RouteOptions | undefined): Definition {
  const own = route && definition.forRoute?.(route)
  const factory = definition.slots === undefined ? own : limited(own ?? definition.factory, kindOf(own ?? definition.factory), definition.slots)
  return factory === undefined ? definition : { ...definition, factory, kind: kindOf(factory) }
}

export function isGenerator ({ kind }: Definition): boolean {
  return kind === 'generator' || kind === 'async generator'
}
