/**
 * The dependency graph of a route: the calls that create the values.
 *
 * @module
 */

import type { Definition, Mention } from './definition.ts'
import type { SecurityScopes } from './scopes.ts'

/** A place that asks for a dependency: the route, or a scope above. */
export interface Root {
  /** Name of the value in `request.deps`. `undefined` if the dependency is only called. */
  readonly name: string | undefined
  readonly label: string
  readonly dependency: unknown
  /** `app`, `scope /items`, `route`. */
  readonly origin: string
  /** If true, it must enforce a security scheme. */
  readonly secure: boolean
}

/** A value that is created when the app starts. */
export interface AppCall {
  readonly at: 'app'
  readonly definition: Definition
  readonly label: string
  readonly needs: ReadonlyArray<readonly [name: string, call: AppCall]>
}

/** A constant that is known when the app starts. */
export interface Constant {
  readonly at: 'constant'
  readonly value: SecurityScopes
}

/** A call that creates a value for a request. Filled in while the graph is walked. */
export class RequestCall {
  readonly at = 'request'
  readonly definition: Definition
  readonly label: string
  readonly origin: string
  /** OAuth2 scopes on the way to it. */
  readonly scopes: readonly string[]
  /** If true, the call belongs to one mention only. */
  readonly fresh: boolean
  readonly needs: Array<readonly [name: string, need: Need]> = []
  /** Index among the calls. */
  index = -1
  /** If true, the call runs before the body is read. */
  early = false
  /** If true, it or one of its needs has inputs, which may be invalid. */
  fallible: boolean
  readsBody: boolean
  /** If true, it or one of its needs enforces a security scheme. */
  secure: boolean
  /** If true, another mention repeats a step. */
  repeats: boolean

  constructor (definition: Definition, label: string, origin: string, scopes: readonly string[], fresh: boolean) {
    this.definition = definition
    this.label = label
    this.origin = origin
    this.scopes = scopes
    this.fresh = fresh
    this.fallible = this.repeats = this.hasInputs
    this.readsBody = definition.inputs.body !== undefined
    this.secure = Object.keys(definition.security).length > 0
  }

  get hasInputs (): boolean {
    return Object.keys(this.definition.inputs).length > 0
  }

  need (name: string, need: Need): void {
    this.needs.push([name, need])
    if (need.at !== 'request') return
    this.fallible ||= need.fallible
    this.readsBody ||= need.readsBody
    this.secure ||= need.secure
    this.repeats ||= need.repeats || need.fresh
  }

  /** Moves the call and all that it needs before the body is read. */
  hurry (): void {
    if (this.early) return
    this.early = true
    for (const [, need] of this.needs) if (need.at === 'request') need.hurry()
  }
}

export type Need = RequestCall | AppCall | Constant

/** Creates a value. With `again`, only reports the issues of its inputs once more, as FastAPI does for each mention. */
export interface Step {
  readonly call: RequestCall
  readonly again: boolean
  /** The dependency that needs it. `undefined` for the route. */
  readonly parent: RequestCall | undefined
}

export interface Graph {
  /** Steps, in the order in which they run. */
  readonly steps: readonly Step[]
  readonly calls: readonly RequestCall[]
  readonly appCalls: readonly AppCall[]
  /** Dependencies that the route itself and the scopes above ask for. */
  readonly roots: ReadonlyArray<readonly [Root, Need]>
  readonly problems: readonly string[]
}

/** Replacements, by the dependency that they replace. */
export type Overrides = ReadonlyMap<Definition, Mention>
