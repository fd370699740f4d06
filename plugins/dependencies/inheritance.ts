/**
 * What a scope hands down to its routes: dependencies, tags, documented answers.
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

/** Dependencies, by name or in a list. */
export type Depends = Needs | readonly Dependency[]

/** An answer in words, with its headers, and with what it holds by content type, as `schema.response` has them. */
export interface DescribedAnswer {
  readonly description?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, { readonly schema: TSchema | object, readonly [keyword: string]: unknown }>>
}

/** What `app.inherit` takes: all that FastAPI's `include_router` hands down, but the prefix. */
export interface Inherited {
  /** Put before the tags of the routes. */
  readonly tags?: readonly string[]
  /** Documented answers, by status: what `schema.response` takes, or a class of `httpError`. */
  readonly responses?: Readonly<Record<string | number, Answer | TSchema | DescribedAnswer>>
  /** As `app.depends`. */
  readonly depends?: Depends
  /** What is sent of the response models, unless a route says otherwise; needs `fastify-apikit/response-model`. */
  readonly response?: ResponseOptions
  /** As `depends`, for those that must enforce a security scheme: one that does not is refused. */
  readonly security?: Depends
  /** What a route answers that declares no 2xx: a schema, or a kind of `fastify-apikit/responses`. FastAPI's `default_response_class`. */
  readonly defaultResponse?: TSchema | object
  /** The document calls the routes deprecated. */
  readonly deprecated?: boolean
  /** The document leaves the routes out. */
  readonly hide?: boolean
  /** What the routes make the app call elsewhere, by name, besides their own. */
  readonly callbacks?: Readonly<Record<string, object>>
}

const KEYS = ['tags', 'responses', 'response', 'depends', 'security', 'defaultResponse', 'deprecated', 'hide', 'callbacks'] as const

/** What is handed down into the schemas of routes. */
export type HandedSchema = Pick<Inherited, 'defaultResponse' | 'deprecated' | 'hide' | 'callbacks'>

/** One for each scope; it knows the one above. */
export class Inheritance {
  readonly #above: Inheritance | undefined
  readonly #origin: string
  readonly #roots: Root[] = []
  readonly #tags: string[] = []
  readonly #responses = new Map<string, PlannedResponse>()
  readonly #presentation: ResponseOptions[] = []
  #schema: HandedSchema = {}
  /** The first route for which what comes now would come too late. */
  #served: string | undefined

  constructor (prefix: string, above?: Inheritance) {
    this.#above = above
    this.#origin = above === undefined && prefix === '' ? 'app' : prefix === '' ? 'scope' : `scope ${prefix}`
  }

  /** @throws APIKIT_ERR_INHERIT when a route has been declared already, which would go without */
  depends (depends: Depends, who = 'app.depends', secure = false): void {
    this.#refuseLate(who)
    if (!isDepends(depends)) throw new APIKIT_ERR_INHERIT(`${who}: it takes dependencies by name, { user: currentUser }, or a list of them`)
    this.#roots.push(...rootsOf(depends, this.#origin, secure))
  }

  /** @throws APIKIT_ERR_INHERIT as `depends`, and for what it does not know */
  inherit (given: Inherited): void {
    this.#refuseLate('app.inherit')
    const unknown = Object.keys(given).filter(key => !KEYS.some(known => known === key))
    if (unknown.length > 0) throw new APIKIT_ERR_INHERIT(`app.inherit: there is no ${unknown.map(key => `"${key}"`).join(', ')}; it takes ${KEYS.join(', ')}`)
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
    if (this.#served !== undefined) throw new APIKIT_ERR_INHERIT(`${who}: ${this.#served} has been declared already and would go without; call ${who} before the routes of its scope, and before the plugins that declare some`)
  }

  /** Notes a route for which all has to be known by now. */
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

  /** Outer to inner. */
  get roots (): readonly Root[] {
    return [...this.#above?.roots ?? [], ...this.#roots]
  }

  /** Whether a dependency of this scope, or of one above, enforces a security scheme, itself or by what it needs. */
  get enforcesScheme (): boolean {
    return this.roots.some(root => enforces(definitionOf(root), new Set()))
  }

  get tags (): readonly string[] {
    return [...this.#above?.tags ?? [], ...this.#tags]
  }

  /** Outer to inner. */
  get presentation (): readonly ResponseOptions[] {
    return [...this.#above?.presentation ?? [], ...this.#presentation]
  }

  /** What goes into the schemas of routes: what is outer is added to, or overruled. */
  get schema (): HandedSchema {
    return this.#above === undefined ? this.#schema : handedOn(this.#above.schema, this.#schema)
  }

  /** The inner one wins. */
  get responses (): ReadonlyMap<string, PlannedResponse> {
    return new Map([...this.#above?.responses ?? [], ...this.#responses])
  }
}

/** Whether something can stand where dependencies are asked for; what is in it is looked at later. */
export function isDepends (value: unknown): value is Depends {
  return typeof value === 'object' && value !== null && !isDependency(value)
}

/** @param secure they must enforce a security scheme */
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

/** The definition of a root, whatever is mentioned with it. */
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
