/**
 * Adds dependencies to routes: declared values with inputs, security schemes, errors and cleanup, typed in the handler.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import type {
  ContextConfigDefault, FastifyBaseLogger, FastifyInstance, FastifyPluginAsync, FastifySchema as AnySchema, FastifyTypeProvider,
  FastifyTypeProviderDefault, RawRequestDefaultExpression, RawServerBase, RawServerDefault, RouteGenericInterface
} from 'fastify'
import type { FastifyRequestType, ResolveFastifyRequestType } from 'fastify/types/type-provider.js'
import fp from 'fastify-plugin'
import { isOutside } from '../core/http/own-routes.ts'
import { parseOptions } from '../core/options.ts'
import { contribute } from '../core/plan/conductor.ts'
import { register } from '../core/registry.ts'
import { AppValues } from './app-values.ts'
import type { Dependency, Values } from './dependency.ts'
import type { Teardown } from './teardown.ts'
import { type Depends, Inheritance, type Inherited } from './inheritance.ts'
import { kOverrides, useOverrides } from './overrides.ts'
import { type Resolution, resolve } from './resolution.ts'
import { RouteDependencies } from './routes.ts'
import { kDeps, type kSlots, type kTeardown } from './state.ts'

const name = 'fastify-apikit/dependencies'

export const DependenciesOptions = Type.Object({}, { additionalProperties: false })

/** The plugin has no options. */
export type DependenciesOptions = Record<never, never>

export { type AppContext, type Context, type Dependency, dependency, type DependencyOptions, fresh, type Needs, schemesOf, type ValueOf, type Values } from './dependency.ts'
export * from './errors.ts'
export { explain } from './explain.ts'
export { hold as keepOpen } from '../core/request/wait-until.ts'
export type { Depends, DescribedAnswer, Inherited } from './inheritance.ts'
export { Override, override, useOverrides } from './overrides.ts'
export type { Resolution } from './resolution.ts'
export { scoped, type SecurityScopes, securityScopes } from './scopes.ts'

/** The type of `request.deps`, from `config.depends`. */
export type DepsOf<ContextConfig> = ContextConfig extends { readonly depends: infer D }
  ? D extends readonly unknown[] ? {} : Values<D>
  : {}

const kInheritance: unique symbol = Symbol('fastify-apikit.dependencies.inheritance')

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Dependencies of the route. Their values are in `request.deps`. Added by `fastify-apikit/dependencies`. */
    depends?: Depends
    /** Inherited dependencies that this route leaves out. `true`: all of them. Added by `fastify-apikit/dependencies`. */
    without?: readonly Dependency[] | true
  }
  interface FastifyInstance {
    /**
     * Adds dependencies to all routes of this scope and below. Call it before the routes. Added by `fastify-apikit/dependencies`.
     *
     * @param depends Dependencies by name, or an array. Their values are not in `request.deps`.
     * @throws APIKIT_ERR_INHERIT when the argument is invalid, or a route of this scope was declared before.
     */
    depends (depends: Depends): this
    /**
     * Adds tags, responses, dependencies and security schemes to all routes of this scope and below. Call it before the routes.
     * Added by `fastify-apikit/dependencies`.
     *
     * @throws APIKIT_ERR_INHERIT when the argument is invalid, or a route of this scope was declared before.
     */
    inherit (inherited: Inherited): this
    /**
     * Creates a dependency outside of a request. Added by `fastify-apikit/dependencies`.
     *
     * ```ts
     * await using opened = await app.resolve(session)
     * await opened.value.save(user)
     * ```
     *
     * @throws APIKIT_ERR_RESOLVE when it, or one of its needs, reads the request.
     */
    resolve<Value> (dependency: Dependency<Value>): Promise<Resolution<Value>>
    [kInheritance]: Inheritance
  }
  interface FastifyRequest<RouteGeneric extends RouteGenericInterface = RouteGenericInterface,
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    SchemaCompiler extends AnySchema = AnySchema,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
    ContextConfig = ContextConfigDefault,
    Logger extends FastifyBaseLogger = FastifyBaseLogger,
    RequestType extends FastifyRequestType = ResolveFastifyRequestType<TypeProvider, SchemaCompiler, RouteGeneric>> {
    /** Values of the dependencies of the route, by the names in `config.depends`. Added by `fastify-apikit/dependencies`. */
    readonly deps: DepsOf<ContextConfig>
    [kDeps]: object | null
    // Set where they are needed: a decorator would be written on every request.
    [kSlots]?: object
    [kTeardown]?: Teardown
  }
}

const NONE = Object.freeze({})

const plugin: FastifyPluginAsync<DependenciesOptions> = async (app, options) => {
  parseOptions(name, DependenciesOptions, options, app)
  // Registered above already: that registration applies here too.
  if (app.hasDecorator(kInheritance)) return

  if (!app.hasDecorator(kOverrides)) useOverrides(app, [])
  const ongoing = new Set<Promise<unknown>>()
  const values = new AppValues(app)
  const routes = new RouteDependencies(values, ongoing)

  app.decorateRequest(kDeps, null)
  app.decorateRequest('deps', { getter () { return this[kDeps] ?? NONE } })
  app.decorate(kInheritance, new Inheritance(app.prefix))
  app.decorate('depends', function (this: FastifyInstance, depends: Depends) {
    this[kInheritance].depends(depends)
    register(this, 'app.inherit', this[kInheritance].own)
    return this
  })
  app.decorate('inherit', function (this: FastifyInstance, inherited: Inherited) {
    this[kInheritance].inherit(inherited)
    register(this, 'app.inherit', this[kInheritance].own)
    return this
  })
  app.decorate('resolve', <Value>(dependency: Dependency<Value>) => resolve(dependency, values, app[kOverrides]))

  app.addHook('onRegister', child => { child[kInheritance] = new Inheritance(child.prefix, child[kInheritance]) })
  contribute(app, 'dependencies', plan => {
    const { app: scope, route } = plan
    routes.add(plan, scope[kInheritance], scope[kOverrides])
    if (route.config?.without !== true && !isOutside(route)) scope[kInheritance].serve(`${String(route.method)} ${route.url}`)
  })
  app.addHook('onReady', () => values.makeAll())
  app.addHook('onClose', async () => {
    await Promise.all(ongoing)
    const error = await values.close()
    if (error !== undefined) app.log.error({ err: error }, 'a dependency failed while the app closed')
  })
}

/**
 * Adds dependency injection to the routes of this scope and below: `config.depends`, `request.deps`, `app.depends()`,
 * `app.inherit()` and `app.resolve()`. Register it before the routes. It has no options.
 *
 * @throws APIKIT_ERR_ROUTES at startup, when dependencies of routes are wrong. The message lists all problems.
 * @see https://fastapi.tiangolo.com/tutorial/dependencies/
 * @example
 * ```ts
 * await app.register(dependencies)
 * app.get('/items', { config: { depends: { user: currentUser } } }, async ({ deps: { user } }) => user.items)
 * ```
 */
export const dependencies = fp(plugin, { name, fastify: '5.x || 6.x' })
export default dependencies
