/**
 * A dependency: a value that a route asks for, with all that it takes to make it.
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

/** Something that can stand in `config.depends`, in `needs` and in `app.depends`. */
export interface Dependency<out Value = unknown> {
  readonly [kDependency]: Mention
  /** For the type alone. */
  readonly [kValue]?: () => Value
}

/** A class, since options of plugins are copied, and instances are not. */
export class Token<Value> implements Dependency<Value> {
  readonly [kDependency]: Mention

  constructor (mention: Mention) {
    this[kDependency] = mention
  }
}

/** Dependencies by the names under which their values are found. */
export type Needs = Readonly<Record<string, Dependency>>

/** The values of some dependencies, by name. */
export type Values<N> = { readonly [name in keyof N]: N[name] extends Dependency<infer Value> ? Value : never }

/** What a factory that takes no options is given. */
export interface RequestContext {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** What the factory of a dependency of scope `app` is given. */
export interface AppContext {
  /**
   * The scope in which `fastify-apikit/dependencies` is registered: its decorators and those of the scopes above are found,
   * those of the scopes below are not.
   */
  readonly app: FastifyInstance
}

/** Schema of an input. In typebox 1.x every value is a `TSchema`, 42 too. */
export type InputSchema = TSchema & object

type Input<Name extends string, Schema extends InputSchema> = [Schema] extends [never] ? unknown : { readonly [name in Name]: Static<Schema> }

/** What a factory is given: the values that it needs, by name, its own inputs, and the request or, in scope `app`, the app. */
export type Context<
  N extends Needs, P extends InputSchema, Q extends InputSchema, H extends InputSchema, C extends InputSchema, B extends InputSchema, F extends InputSchema, S extends Scope
> = Values<N> & Input<'params', P> & Input<'query', Q> & Input<'headers', H> & Input<'cookies', C> & Input<'body', B> & Input<'form', F> &
  (S extends 'app' ? AppContext : RequestContext)

/** A function, sync or async, a generator that yields once, or a class. */
export type Factory<Given, Result> = ((context: Given) => Result) | (new (context: Given) => Result)

/** The value that a factory makes: what its promise resolves to, or what its generator yields. */
export type ValueOf<Result> = Result extends AsyncGenerator<infer Value> ? Value : Result extends Generator<infer Value> ? Value : Awaited<Result>

export interface DependencyOptions<
  N extends Needs, P extends InputSchema, Q extends InputSchema, H extends InputSchema, C extends InputSchema, B extends InputSchema, F extends InputSchema, S extends Scope
> {
  /** Its name in messages, in `explain` and in `Server-Timing`; else the name under which it is needed. */
  readonly name?: string
  /** The dependencies whose values the factory gets, by name. */
  readonly needs?: N & { readonly [name in Reserved | (S extends 'app' ? 'app' : never)]?: never }
  /** Inputs of its own: objects whose properties are the parameters. */
  readonly params?: P
  readonly query?: Q
  readonly headers?: H
  readonly cookies?: C
  /** The JSON body; `Embed({ … })` shares it with the bodies of others. */
  readonly body?: B
  /** The fields of a form, urlencoded. */
  readonly form?: F
  /**
   * When the part of a generator behind `yield` runs: `request`, after the response was sent; `function`, before it is
   * sent; `app`, when the app closes: such a dependency is made once, before the server listens. `request` by default.
   */
  readonly scope?: S
  /** Called for every mention, not once a request. */
  readonly fresh?: boolean
  /**
   * How many of its calls run at once in this process, over all requests, routes and apps; others wait in order. A call ends
   * when its value is there, that of a generator at its end.
   */
  readonly maxConcurrency?: number
  /** The schemes it enforces, as in `components.securitySchemes`, by name. */
  readonly security?: Readonly<Record<string, Scheme>>
  /** Errors that it throws, for the document: classes of `httpError`, or a status with a schema. */
  readonly errors?: readonly Answer[]
  /** Decorators of the app that it takes from `request.server` or, in scope `app`, from `app`. When one is missing, the app does not start. */
  readonly decorators?: readonly string[]
}

/** What is inferred from the factory, and held against the others. */
interface OfValue<Given, Value> {
  /**
   * Looks at a route when it is declared, and may give another factory for its requests: one that is cheaper where the
   * route never needs all of it. A plain function in the place of a generator leaves nothing to close behind the handler.
   */
  readonly forRoute?: (route: RouteOptions) => Factory<Given, Value | Promise<Value>> | undefined
}

/** Names of a context that are not free for needs. */
type Reserved = 'request' | 'reply' | 'params' | 'query' | 'headers' | 'cookies' | 'body' | 'form'
const RESERVED: ReadonlySet<string> = new Set<Reserved>(['request', 'reply', 'params', 'query', 'headers', 'cookies', 'body', 'form'])

const OPTIONS = new Set(['name', 'needs', 'params', 'query', 'headers', 'cookies', 'body', 'form', 'scope', 'fresh', 'security', 'errors', 'decorators', 'forRoute', 'maxConcurrency'])
const SCOPES: readonly unknown[] = ['request', 'function', 'app']

/**
 * Declares a dependency. Its value is made once a request, however often it is mentioned, and is typed wherever it
 * is named: in the `needs` of others, and in `request.deps` of a route.
 *
 * ```ts
 * const pagination = dependency({ query: Type.Object({ skip: Type.Integer({ default: 0 }) }) }, ({ query }) => query)
 * const session = dependency({ needs: { db } }, async function * ({ db }) {
 *   const tx = await db.begin()
 *   try { yield tx; await tx.commit() } catch (error) { await tx.rollback(); throw error }
 * })
 * ```
 *
 * @param factory a function, sync or async, a generator that yields once, or a class whose constructor takes its inputs
 * @throws APIKIT_ERR_DEPENDENCY when an option is unknown or wrong
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

// The getters among the options are left alone: two dependencies that need each other can only be written with them.
type Given = Partial<DependencyOptions<Needs, InputSchema, InputSchema, InputSchema, InputSchema, InputSchema, InputSchema, Scope>> & Partial<Pick<Definition, 'forRoute'>>

function define (options: unknown, factory: unknown): Definition {
  if (typeof options !== 'object' || options === null) throw new APIKIT_ERR_DEPENDENCY('dependency: the options are no object')
  const given: Given = options
  const { name, params, query, headers, cookies, body, form, scope, fresh = false, security = {}, errors = [], decorators = [], forRoute, maxConcurrency } = given

  const problems = Object.keys(options).filter(key => !OPTIONS.has(key)).map(key => `there is no option "${key}"`)
  if (typeof factory !== 'function') problems.push('the factory is no function and no class')
  if (scope !== undefined && !SCOPES.includes(scope)) problems.push(`the scope ${JSON.stringify(scope)} is none of "request", "function" and "app"`)
  if (body !== undefined && form !== undefined) problems.push('it reads either a body or a form')
  if (scope === 'app' && forRoute !== undefined) problems.push('made when the app starts (scope "app"), it is the same for all routes; take forRoute away')
  if (maxConcurrency !== undefined && !(Number.isSafeInteger(maxConcurrency) && maxConcurrency > 0)) problems.push(`maxConcurrency must be an integer ≥ 1, got ${JSON.stringify(maxConcurrency)}`)
  if (scope === 'app' && maxConcurrency !== undefined) problems.push('made once, when the app starts (scope "app"), it needs no maxConcurrency')
  if (problems.length > 0) throw new APIKIT_ERR_DEPENDENCY(`dependency${name === undefined ? '' : ` "${name}"`}: ${problems.join('; ')}`)

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

/** Whether a need has a name that the context of a factory has for itself. */
export function isReserved (name: string, scope: Scope | undefined): boolean {
  return RESERVED.has(name) || (scope === 'app' && name === 'app')
}

/** Whether something is a dependency. */
export function isDependency (value: unknown): value is Dependency {
  return typeof value === 'object' && value !== null && kDependency in value
}

/** The schemes that a dependency enforces itself, by name: for one that takes over from it, and is to run as early. */
export function schemesOf (of: Dependency): Readonly<Record<string, Scheme>> {
  return of[kDependency].definition.security
}

/**
 * The same dependency, called again where it is mentioned so: FastAPI's `Depends(…, use_cache=False)`.
 *
 * ```ts
 * const pair = dependency({ needs: { first: counter, second: fresh(counter) } }, ({ first, second }) => [first, second])
 * ```
 *
 * @throws APIKIT_ERR_DEPENDENCY when it is no dependency
 */
export function fresh<Value> (of: Dependency<Value>): Dependency<Value> {
  if (!isDependency(of)) throw new APIKIT_ERR_DEPENDENCY('fresh: what is to be fresh is no dependency')
  return new Token({ ...of[kDependency], fresh: true })
}
