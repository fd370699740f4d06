/**
 * Declares dependencies: values that routes and other dependencies ask for.
 *
 * @module
 */

import type { Static, TSchema } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { kForm } from '../types/codec.ts'
import { copyOf } from '../types/typebox.ts'
import type { Inputs, Part } from '../core/plan/route-plan.ts'
import { plainSchema } from '../core/schema/foreign-schemas.ts'
import { Slots } from './concurrency.ts'
import { type Answer, type Definition, kDependency, kindOf, type Mention, type Scheme, type Scope } from './definition.ts'
import { APIKIT_ERR_DEPENDENCY } from './errors.ts'

declare const kValue: unique symbol

/** A dependency, as `config.depends`, `needs` and `app.depends` take it. `dependency()` returns one. */
export interface Dependency<out Value = unknown> {
  readonly [kDependency]: Mention
  /** Carries the type of the value. Never set. */
  readonly [kValue]?: () => Value
}

/** A class, because Fastify copies the options of plugins but not class instances. */
export class Token<Value> implements Dependency<Value> {
  readonly [kDependency]: Mention

  constructor (mention: Mention) {
    this[kDependency] = mention
  }
}

/** Dependencies, by the names of their values. */
export type Needs = Readonly<Record<string, Dependency>>

/** The values of dependencies, by name. */
export type Values<N> = { readonly [name in keyof N]: N[name] extends Dependency<infer Value> ? Value : never }

/** The argument of a factory without options. */
export interface RequestContext {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** The argument of a factory of scope `app`. */
export interface AppContext {
  /** The scope in which `fastify-apikit/dependencies` is registered. It has the decorators of that scope and of those above, not of those below. */
  readonly app: FastifyInstance
}

/** Schema of an input. In typebox 1.x every value is a `TSchema`, even 42. */
export type InputSchema = TSchema & object

type Input<Name extends string, Schema extends InputSchema> = [Schema] extends [never] ? unknown : { readonly [name in Name]: Static<Schema> }

/** The argument of a factory: the needed values by name, its own inputs, and the request and reply (in scope `app`, the app). */
export type Context<
  N extends Needs, P extends InputSchema, Q extends InputSchema, H extends InputSchema, C extends InputSchema, B extends InputSchema, F extends InputSchema, S extends Scope
> = Values<N> & Input<'params', P> & Input<'query', Q> & Input<'headers', H> & Input<'cookies', C> & Input<'body', B> & Input<'form', F> &
  (S extends 'app' ? AppContext : RequestContext)

/** A function, sync or async, a generator that yields once, or a class. */
export type Factory<Given, Result> = ((context: Given) => Result) | (new (context: Given) => Result)

/** The value of a factory: what its promise resolves to, or what its generator yields. */
export type ValueOf<Result> = Result extends AsyncGenerator<infer Value> ? Value : Result extends Generator<infer Value> ? Value : Awaited<Result>

/** Options of `dependency()`. */
export interface DependencyOptions<
  N extends Needs, P extends InputSchema, Q extends InputSchema, H extends InputSchema, C extends InputSchema, B extends InputSchema, F extends InputSchema, S extends Scope
> {
  /** Name in messages, in `explain` and in `Server-Timing`. By default the name of the function, or else the name under which it is needed. */
  readonly name?: string
  /** Dependencies whose values the factory gets, by name. Use a getter where two modules need each other. */
  readonly needs?: N & { readonly [name in Reserved | (S extends 'app' ? 'app' : never)]?: never }
  /** Schemas of its own inputs: objects whose properties are the parameters. */
  readonly params?: P
  readonly query?: Q
  readonly headers?: H
  readonly cookies?: C
  /** Schema of the JSON body. `Embed({ … })` gives each of several bodies a key in one JSON object. */
  readonly body?: B
  /** Schema of the fields of a urlencoded form. */
  readonly form?: F
  /**
   * When the code after `yield` runs. `request`: after the response was sent. `function`: before it is sent. `app`: when the app
   * closes; such a dependency is created once, before the server listens. Default: `request`.
   */
  readonly scope?: S
  /** If true, the factory is called at every mention, not once a request. Default: false. */
  readonly fresh?: boolean
  /**
   * Maximum number of its calls that run at once in this process, over all requests, routes and apps. Others wait in order.
   * A call ends when its value is there, that of a generator when it is closed. Default: no limit.
   */
  readonly maxConcurrency?: number
  /** Security schemes that it enforces, by name, as in `components.securitySchemes`. */
  readonly security?: Readonly<Record<string, Scheme>>
  /** Errors that it throws, for the document: classes of `httpError`, or objects with a status and a schema. */
  readonly errors?: readonly Answer[]
  /** Decorators that it uses, from `request.server`, or in scope `app` from `app`. If one is missing, startup fails. */
  readonly decorators?: readonly string[]
}

/** Options whose types follow from the factory. */
interface OfValue<Given, Value> {
  /**
   * Called with each route when it is declared. Returns another factory for the requests of that route, or `undefined` to keep this
   * one. Use it to do less where a route does not need everything. A plain function in place of a generator skips the cleanup.
   */
  readonly forRoute?: (route: RouteOptions) => Factory<Given, Value | Promise<Value>> | undefined
}

/** Names in a context that needs cannot have. */
type Reserved = 'request' | 'reply' | 'params' | 'query' | 'headers' | 'cookies' | 'body' | 'form'
const RESERVED: ReadonlySet<string> = new Set<Reserved>(['request', 'reply', 'params', 'query', 'headers', 'cookies', 'body', 'form'])

const OPTIONS = new Set(['name', 'needs', 'params', 'query', 'headers', 'cookies', 'body', 'form', 'scope', 'fresh', 'security', 'errors', 'decorators', 'forRoute', 'maxConcurrency'])
const SCOPES: readonly unknown[] = ['request', 'function', 'app']

/**
 * Declares a dependency. Its value is created once a request, however many routes and dependencies mention it, and is
 * typed in their `needs` and in `request.deps`.
 *
 * ```ts
 * const pagination = dependency({ query: Type.Object({ skip: Type.Integer({ default: 0 }) }) }, ({ query }) => query)
 * const session = dependency({ needs: { db } }, async function * ({ db }) {
 *   const tx = await db.begin()
 *   try { yield tx; await tx.commit() } catch (error) { await tx.rollback(); throw error }
 * })
 * ```
 *
 * @param factory A function, sync or async, a generator that yields once, or a class whose constructor takes the same object.
 * @throws APIKIT_ERR_DEPENDENCY when an option is unknown or invalid.
 * @see https://fastapi.tiangolo.com/tutorial/dependencies/
 */
export function dependency<Result> (factory: Factory<RequestContext, Result>): Dependency<ValueOf<Result>>
export function dependency<
  Result, N extends Needs = {}, P extends InputSchema = never, Q extends InputSchema = never, H extends InputSchema = never, C extends InputSchema = never,
  B extends InputSchema = never, F extends InputSchema = never, const S extends Scope = 'request'
> (
  options: DependencyOptions<N, P, Q, H, C, B, F, S> & OfValue<Context<N, P, Q, H, C, B, F, S>, NoInfer<ValueOf<Result>>>,
  factory: Factory<Context<N, P, Q, H, C, B, F, S>, Result>
): Dependency<ValueOf<Result>>
export function dependency (...args: readonly unknown[]): Dependency {
  const [options, factory] = args.length > 1 ? args : [{}, args[0]]
  return new Token({ definition: define(options, factory), scopes: [], fresh: false })
}

// Getters among the options are kept: two dependencies that need each other can only be written with them.
type Given = Partial<DependencyOptions<Needs, InputSchema, InputSchema, InputSchema, InputSchema, InputSchema, InputSchema, Scope>> & Partial<Pick<Definition, 'forRoute'>>

function define (options: unknown, factory: unknown): Definition {
  if (typeof options !== 'object' || options === null) throw new APIKIT_ERR_DEPENDENCY('dependency(): options must be an object')
  const given: Given = options
  const { name, params, query, headers, cookies, body, form, scope, fresh = false, security = {}, errors = [], decorators = [], forRoute, maxConcurrency } = given

  const problems = Object.keys(options).filter(key => !OPTIONS.has(key)).map(key => `unknown option "${key}"`)
  if (typeof factory !== 'function') problems.push('the factory must be a function or a class')
  if (scope !== undefined && !SCOPES.includes(scope)) problems.push(`scope must be "request", "function" or "app", got ${JSON.stringify(scope)}`)
  if (body !== undefined && form !== undefined) problems.push('body and form exclude each other')
  if (scope === 'app' && forRoute !== undefined) problems.push('forRoute cannot be used with scope "app", whose value is the same for all routes')
  if (maxConcurrency !== undefined && !(Number.isSafeInteger(maxConcurrency) && maxConcurrency > 0)) problems.push(`maxConcurrency must be an integer ≥ 1, got ${JSON.stringify(maxConcurrency)}`)
  if (scope === 'app' && maxConcurrency !== undefined) problems.push('maxConcurrency cannot be used with scope "app", whose value is created once')
  if (problems.length > 0) throw new APIKIT_ERR_DEPENDENCY(`dependency()${name === undefined ? '' : ` "${name}"`}: ${problems.join('; ')}`)

  const parts: Readonly<Record<Part, object | undefined>> = { params, querystring: query, headers, cookies, body: body ?? (form && copyOf(form, { [kForm]: true })) }
  // A TypeBox schema is a JSON Schema; its type has no index signature for symbols.
  const inputs = Object.fromEntries(Object.entries(parts).flatMap(([part, schema]) => schema === undefined ? [] : [[part, plainSchema(schema)]])) as Inputs
  return {
    name: name ?? (nameOf(factory) || undefined),
    get needs () { return given.needs ?? {} },
    inputs,
    isForm: form !== undefined,
    scope,
    fresh,
    security,
    errors,
    decorators,
    factory: factory as Definition['factory'],
    kind: kindOf(factory as Definition['factory']),
    forRoute,
    slots: maxConcurrency === undefined ? undefined : new Slots(maxConcurrency)
  }
}

function nameOf (factory: unknown): string {
  return Object(factory).name
}

/** Tells whether the name of a need is taken: the factory gets something else under it. */
export function isReserved (name: string, scope: Scope | undefined): boolean {
  return RESERVED.has(name) || (scope === 'app' && name === 'app')
}

/** Tells whether a value is a dependency. */
export function isDependency (value: unknown): value is Dependency {
  return typeof value === 'object' && value !== null && kDependency in value
}

/** Returns the schemes that a dependency enforces itself, by name. A dependency that replaces it declares the same, and so runs as early. */
export function schemesOf (of: Dependency): Readonly<Record<string, Scheme>> {
  return of[kDependency].definition.security
}

/**
 * Returns the dependency such that it is called again at this mention: FastAPI's `Depends(…, use_cache=False)`.
 *
 * ```ts
 * const pair = dependency({ needs: { first: counter, second: fresh(counter) } }, ({ first, second }) => [first, second])
 * ```
 *
 * @throws APIKIT_ERR_DEPENDENCY when the argument is not a dependency.
 */
export function fresh<Value> (of: Dependency<Value>): Dependency<Value> {
  if (!isDependency(of)) throw new APIKIT_ERR_DEPENDENCY('fresh(): the argument must be a dependency, made by dependency()')
  return new Token({ ...of[kDependency], fresh: true })
}
