/**
 * The `config.response` of a route, with what it inherits.
 *
 * @module
 */

import type { ResponseOptions } from '../core/plan/response-options.ts'
import type { Refuse, RoutePlan } from '../core/plan/route-plan.ts'
import { checkOptions, type Presentation, presentationOf, type Unmet } from './selection.ts'

/** Names that no model has had yet, by option. A name of a scope must be in a model of one of its routes. */
const unmetInScopes = new WeakMap<ResponseOptions, ReadonlySet<string>>()

function common (before: ReadonlySet<string> | undefined, names: readonly string[]): ReadonlySet<string> {
  return new Set(before === undefined ? names : names.filter(name => before.has(name)))
}

export class RouteResponse {
  readonly #plan: RoutePlan
  readonly #problems: string[] = []
  #layers: readonly ResponseOptions[] | undefined
  #own: ReadonlySet<string> | undefined
  #isUsed = false

  constructor (plan: RoutePlan) {
    this.#plan = plan
  }

  /** Outer scope first. Read when the route is compiled, after all of its scopes. */
  get #all (): readonly ResponseOptions[] {
    return (this.#layers ??= this.#read())
  }

  #read (): ResponseOptions[] {
    const { route, presentation } = this.#plan
    const refuse: Refuse = problem => { this.#problems.push(problem) }
    const own: unknown = route.config?.response
    return [
      ...presentation.filter(options => checkOptions(options, 'app.inherit({ response })', refuse)),
      ...own !== undefined && checkOptions(own, 'config.response', refuse) ? [own] : []
    ]
  }

  /** Key of a model as this presentation changes it. */
  get key (): string {
    return JSON.stringify(this.#all)
  }

  /** Returns the presentation for a status. `undefined` for the whole model, as for all errors. */
  of (status: string): Presentation | undefined {
    if (!this.#isSuccess(status)) return undefined
    this.#isUsed = true
    return this.#all.length === 0 ? undefined : presentationOf(this.#all)
  }

  /** `default` is the success if no other status is. */
  #isSuccess (status: string): boolean {
    const statuses = Object.keys(this.#plan.route.schema?.response as object)
    return status.startsWith('2') || (status === 'default' && !statuses.some(other => other.startsWith('2')))
  }

  /** Notes which names a model lacks. */
  note (unmet: readonly Unmet[]): void {
    for (const { layer, names } of unmet) {
      const options = this.#all[layer] as ResponseOptions
      if (options === this.#plan.route.config?.response) this.#own = common(this.#own, names)
      else unmetInScopes.set(options, common(unmetInScopes.get(options), names))
    }
  }

  report (refuse: Refuse): void {
    this.#problems.forEach(refuse)
    if (!this.#isUsed && this.#plan.route.config?.response !== undefined) {
      refuse('config.response has no effect, because schema.response declares no success. Declare a 2xx response')
    }
    const lost = (name: string, at: string): void => {
      refuse(`${at}.${name}: unknown field of the response model. Name the fields of items directly: lists and dictionaries are looked through`)
    }
    for (const name of this.#own ?? []) lost(name, 'config.response')
    for (const options of this.#all) for (const name of unmetInScopes.get(options) ?? []) lost(name, 'app.inherit({ response }): response')
  }
}
