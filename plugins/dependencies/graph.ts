/**
 * The dependencies of one route as the list of calls that makes them.
 *
 * @module
 */

import type { Definition, Mention } from './definition.ts'
import type { SecurityScopes } from './scopes.ts'

/** Where a dependency is asked for: by the route, or by a scope above. */
export interface Root {
  /** The name under which the handler finds the value; `undefined` when it is there only to be called. */
  readonly name: string | undefined
  readonly label: string
  readonly dependency: unknown
  /** `app`, `scope /items`, `route`. */
  readonly origin: string
  /** It must enforce a security scheme. */
  readonly secure: boolean
}

/** A value made when the app starts. */
export interface AppCall {
  readonly at: 'app'
  readonly definition: Definition
  readonly label: string
  readonly needs: ReadonlyArray<readonly [name: string, call: AppCall]>
}

/** A value known when the app starts. */
export interface Constant {
  readonly at: 'constant'
  readonly value: SecurityScopes
}

/** A value made once a request. Filled in while the graph is walked. */
export class RequestCall {
  readonly at = 'request'
  readonly definition: Definition
  readonly label: string
  readonly origin: string
  /** OAuth2 scopes on the way to it. */
  readonly scopes: readonly string[]
  /** Made for one mention alone. */
  readonly fresh: boolean
  readonly needs: Array<readonly [name: string, need: Need]> = []
  /** Its place among the calls. */
  index = -1
  /** Made before the body is read. */
  early = false
  /** It, or something that it needs, reads the request, and may find something wrong there. */
  fallible: boolean
  readsBody: boolean
  /** It, or something that it needs, enforces a security scheme. */
  secure: boolean
  /** At another mention something has to be done again. */
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

  /** Makes it, and so all that it needs, before the body is read. */
  hurry (): void {
    if (this.early) return
    this.early = true
    for (const [, need] of this.needs) if (need.at === 'request') need.hurry()
  }
}

export type Need = RequestCall | AppCall | Constant

/** Makes a value, or, `again`, notes once more what is wrong with its inputs, as FastAPI does for each mention. */
export interface Step {
  readonly call: RequestCall
  readonly again: boolean
  /** The dependency for which it is done; `undefined` for the route. */
  readonly parent: RequestCall | undefined
}

export interface Graph {
  /** In the order in which they are done. */
  readonly steps: readonly Step[]
  readonly calls: readonly RequestCall[]
  readonly appCalls: readonly AppCall[]
  /** What the route itself and the scopes above ask for. */
  readonly roots: ReadonlyArray<readonly [Root, Need]>
  readonly problems: readonly string[]
}

/** Replacements of dependencies, by what they replace. */
export type Overrides = ReadonlyMap<Definition, Mention>
