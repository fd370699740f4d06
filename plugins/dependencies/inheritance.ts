/**
 * What routes inherit from their scope: dependencies, tags, documented responses.
 *
 * @module
 */

import { STATUS_CODES } from 'node:http'
import type { TSchema } from '@fastify/type-provider-typebox'
import type { ResponseOptions } from '../core/plan/response-options.ts'
import type { PlannedResponse } from '../core/plan/route-plan.ts'
import { isTypeBox } from '../types/typebox.ts'
import { type Answer, type Definition, kDependency } from './definition.ts'
import { type Dependency, isDependency, type Needs } from './dependency.ts'
import { APIKIT_ERR_INHERIT } from './errors.ts'
import type { Root } from './graph.ts'

/** Dependencies, by name or as an array. */
export type Depends = Needs | readonly Dependency[]

/** A documented response: a description, and optionally the schema of its body. */
export interface DescribedAnswer {
  readonly description: string
  readonly schema?: TSchema
  /** Content type of the body. Default: `application/json`. */
  readonly contentType?: string
}

/** Argument of `app.inherit()`: the options of FastAPI's `include_router`, except the prefix. */
export interface Inherited {
  /** Tags, put before those of the routes. */
  readonly tags?: readonly string[]
  /** Documented responses, by status: a class of `httpError`, a schema, or a description. */
  readonly responses?: Readonly<Record<string | number, Answer | TSchema | DescribedAnswer>>
  /** Dependencies, as in `app.depends()`. */
  readonly depends?: Depends
  /** Response options (`exclude`, `excludeUnset` …) for routes that do not set them. Needs `fastify-apikit/response-model`. */
  readonly response?: ResponseOptions
  /** Dependencies that must enforce a security scheme. One that does not is reported at startup. */
  readonly security?: Depends
}

const KEYS = new Set(['tags', 'responses', 'response', 'depends', 'security'])

/** What one scope hands down. Knows the scope above. */
export class Inheritance {
  readonly #above: Inheritance | undefined
  readonly #origin: string
  readonly #roots: Root[] = []
  readonly #tags: string[] = []
  readonly #responses = new Map<string, PlannedResponse>()
  readonly #presentation: ResponseOptions[] = []
  /** The first route of the scope. Later declarations would not apply to it. */
  #served: string | undefined

  constructor (prefix: string, above?: Inheritance) {
    this.#above = above
    this.#origin = above === undefined && prefix === '' ? 'app' : prefix === '' ? 'scope' : `scope ${prefix}`
  }

  /** @throws APIKIT_ERR_INHERIT when a route of the scope was declared before. */
  depends (depends: Depends, who = 'app.depends', secure = false): void {
    this.#refuseLate(who)
    if (!isDepends(depends)) throw new APIKIT_ERR_INHERIT(`${who}: expected dependencies by name, such as { user: currentUser }, or an array of dependencies`)
    this.#roots.push(...rootsOf(depends, this.#origin, secure))
  }

  /** @throws APIKIT_ERR_INHERIT when an option is unknown or invalid, or a route of the scope was declared before. */
  inherit (given: Inherited): void {
    this.#refuseLate('app.inherit')
    const unknown = Object.keys(given).filter(key => !KEYS.has(key))
    if (unknown.length > 0) throw new APIKIT_ERR_INHERIT(`app.inherit: unknown option ${unknown.map(key => `"${key}"`).join(', ')}. Options: tags, responses, response, depends, security`)
    const { tags = [], responses = {}, response, depends = [], security = [] } = given
    this.#tags.push(...tags)
    if (response !== undefined) this.#presentation.push(response)
    for (const [status, answer] of Object.entries(responses)) this.#responses.set(status, plannedAnswer(status, answer))
    this.depends(depends, 'app.inherit')
    this.depends(security, 'app.inherit', true)
  }

  #refuseLate (who: string): void {
    if (this.#served !== undefined) throw new APIKIT_ERR_INHERIT(`${who} was called after ${this.#served} was declared, and would not apply to it. Call ${who} before the routes of its scope, and before plugins that declare routes there`)
  }

  /** Notes the first route. From then on nothing can be added. */
  serve (route: string): void {
    this.#served ??= route
    this.#above?.serve(route)
  }

  /** What this scope alone hands down, for `explain`. */
  get own (): { readonly dependencies: string[], readonly tags: string[], readonly responses: string[] } {
    return {
      dependencies: this.#roots.map(root => definitionOf(root)?.name ?? root.label),
      tags: [...this.#tags],
      responses: [...this.#responses.keys()]
    }
  }

  /** Roots, outer scope first. */
  get roots (): readonly Root[] {
    return [...this.#above?.roots ?? [], ...this.#roots]
  }

  /** Tells whether a dependency of this scope or above, or one that it needs, enforces a security scheme. */
  get enforcesScheme (): boolean {
    return this.roots.some(root => enforces(definitionOf(root), new Set()))
  }

  get tags (): readonly string[] {
    return [...this.#above?.tags ?? [], ...this.#tags]
  }

  /** Response options, outer scope first. */
  get presentation (): readonly ResponseOptions[] {
    return [...this.#above?.presentation ?? [], ...this.#presentation]
  }

  /** Documented responses. Those of the inner scope win. */
  get responses (): ReadonlyMap<string, PlannedResponse> {
    return new Map([...this.#above?.responses ?? [], ...this.#responses])
  }
}

/** Tells whether a value has the form of `depends`. Its members are checked later. */
export function isDepends (value: unknown): value is Depends {
  return typeof value === 'object' && value !== null && !isDependency(value)
}

/** @param secure They must enforce a security scheme. */
export function rootsOf (depends: Depends, origin: string, secure = false): Root[] {
  const isList = Array.isArray(depends)
  return Object.entries(depends).map(([key, dependency]) => ({
    name: origin === 'route' && !isList ? key : undefined,
    label: isList ? `[${key}]` : key,
    dependency,
    origin,
    secure
  }))
}

function enforces (definition: Definition | undefined, seen: Set<Definition>): boolean {
  if (definition === undefined || seen.has(definition)) return false
  seen.add(definition)
  return Object.keys(definition.security).length > 0 || Object.values(definition.needs).some(dependency => enforces(definitionOf({ dependency }), seen))
}

/** Returns the definition of a root. */
export function definitionOf ({ dependency }: Pick<Root, 'dependency'>): Definition | undefined {
  return isDependency(dependency) ? dependency[kDependency].definition : undefined
}

/** Tells whether a value is a schema, of TypeBox or JSON Schema, not only an object with a description. */
function isSchema (answer: object): answer is TSchema {
  if ('schema' in answer) return false
  return isTypeBox(answer) || Object.keys(answer).some(key => key !== 'description' && key !== 'contentType')
}

export function plannedAnswer (status: string, answer: Answer | TSchema | DescribedAnswer): PlannedResponse {
  const { schema = undefined, description, contentType = 'application/json' }: Partial<DescribedAnswer> = isSchema(answer) ? { schema: answer } : answer
  return { description: description ?? schema?.description ?? STATUS_CODES[status] ?? 'Additional Response', contentType, schema }
}
