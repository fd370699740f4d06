/**
 * What routes inherit from their scope: dependencies, tags, documented responses.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { ResponseOptions } from '../core/plan/response-options.ts'
import { isStatusKey, wordsOfStatus } from '../core/http/status-words.ts'
import type { PlannedResponse, Schema } from '../core/plan/route-plan.ts'
import { isTypeBox } from '../types/typebox.ts'
import { type Answer, type Definition, kDependency } from './definition.ts'
import { type Dependency, isDependency, type Needs } from './dependency.ts'
import { APIKIT_ERR_INHERIT } from './errors.ts'
import type { Root } from './graph.ts'

/** Dependencies, by name or as an array. */
export type Depends = Needs | readonly Dependency[]

/** A documented response as in `schema.response`: description, headers, and content by media type. */
export interface DescribedAnswer {
  readonly description?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, { readonly schema: TSchema | object, readonly [keyword: string]: unknown }>>
}

/** Argument of `app.inherit()`: the options of FastAPI's `include_router`, except the prefix. */
export interface Inherited {
  /** Tags, put before those of the routes. */
  readonly tags?: readonly string[]
  /** Documented responses, by status: what `schema.response` accepts, or a class of `httpError`. */
  readonly responses?: Readonly<Record<string | number, Answer | TSchema | DescribedAnswer>>
  /** Dependencies, as in `app.depends()`. */
  readonly depends?: Depends
  /** Response options (`exclude`, `excludeUnset` …) for routes that do not set them. Needs `fastify-apikit/response-model`. */
  readonly response?: ResponseOptions
  /** Dependencies that must enforce a security scheme. One that does not is reported at startup. */
  readonly security?: Depends
  /** The 200 of routes that declare no 2xx: a schema, or a kind of `fastify-apikit/responses`. FastAPI's `default_response_class`. */
  readonly defaultResponse?: TSchema | object
  /** If true, the document marks the routes as deprecated. */
  readonly deprecated?: boolean
  /** If true, the document leaves the routes out. */
  readonly hide?: boolean
  /** Requests that the routes make the app send, by name, in addition to their own. */
  readonly callbacks?: Readonly<Record<string, object>>
}

const KEYS = ['tags', 'responses', 'response', 'depends', 'security', 'defaultResponse', 'deprecated', 'hide', 'callbacks'] as const

/** Options that go into the schemas of routes. */
export type HandedSchema = Pick<Inherited, 'defaultResponse' | 'deprecated' | 'hide' | 'callbacks'>

/** What one scope hands down. Knows the scope above. */
export class Inheritance {
  readonly #above: Inheritance | undefined
  readonly #origin: string
  readonly #roots: Root[] = []
  readonly #tags: string[] = []
  readonly #responses = new Map<string, PlannedResponse>()
  readonly #presentation: ResponseOptions[] = []
  #schema: HandedSchema = {}
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
    const unknown = Object.keys(given).filter(key => !KEYS.some(known => known === key))
    if (unknown.length > 0) throw new APIKIT_ERR_INHERIT(`app.inherit: unknown option ${unknown.map(key => `"${key}"`).join(', ')}. Options: ${KEYS.join(', ')}`)
    const { tags = [], responses = {}, response, depends = [], security = [], ...schema } = given
    this.#tags.push(...tags)
    if (response !== undefined) this.#presentation.push(response)
    this.#schema = handedOn(this.#schema, schema)
    for (const [status, answer] of Object.entries(responses)) {
      if (!isStatusKey(status)) throw new APIKIT_ERR_INHERIT(`app.inherit: responses[${status}]: expected a status such as 404, a range such as 4XX, or default`)
      this.#responses.set(status, plannedAnswer(status, answer))
    }
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

  /** What goes into the schemas of routes. Inner scopes add to outer ones, or override them. */
  get schema (): HandedSchema {
    return this.#above === undefined ? this.#schema : handedOn(this.#above.schema, this.#schema)
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

function handedOn (outer: HandedSchema, inner: HandedSchema): HandedSchema {
  const callbacks = outer.callbacks ?? inner.callbacks
  return { ...outer, ...inner, ...callbacks !== undefined && { callbacks: { ...outer.callbacks, ...inner.callbacks } } }
}

const DESCRIBED = new Set(['description', 'headers', 'content'])
const STRUCTURE = ['type', '$ref', '$id', 'anyOf', 'oneOf', 'allOf', 'enum', 'const', 'properties', 'items', 'not']

/** TypeBox of either version, or JSON Schema: whatever says more than a description in words does. */
function isSchema (answer: object): answer is TSchema {
  return isTypeBox(answer) || STRUCTURE.some(keyword => keyword in answer)
}

/** A class of errors, which has its status and its schema. */
function isAnswer (answer: object): answer is Answer {
  return 'status' in answer && 'schema' in answer
}

/** @throws APIKIT_ERR_INHERIT for what `schema.response` would not take */
export function plannedAnswer (status: string, answer: Answer | TSchema | DescribedAnswer): PlannedResponse {
  const description = wordsOfStatus(status)
  const of = (schema: TSchema): PlannedResponse => ({ description: schema.description ?? description, contentType: 'application/json', schema })
  if (isAnswer(answer)) return of(answer.schema)
  if (isSchema(answer)) return of(answer)
  const unknown = Object.keys(answer).filter(key => !DESCRIBED.has(key))
  if (unknown.length > 0) {
    throw new APIKIT_ERR_INHERIT(`app.inherit: responses[${status}] has no ${unknown.map(key => `"${key}"`).join(', ')}; it takes a schema, a class of httpError, or { description, headers, content: { 'application/json': { schema } } }`)
  }
  const { content, headers } = answer as DescribedAnswer
  const [type = 'application/json', media] = Object.entries(content ?? {})[0] ?? []
  return {
    description: answer.description ?? description,
    contentType: type,
    schema: media?.schema as TSchema | undefined,
    ...(content ?? headers) !== undefined && { declared: answer as Schema }
  }
}
