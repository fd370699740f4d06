/**
 * Adds the dependencies of a route to its plan.
 *
 * @module
 */

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { isOutside, isUndecided } from '../core/http/own-routes.ts'
import { isClaimed } from '../core/plan/claims.ts'
import type { Inputs, Reader, Refuse, RoutePlan, Slots, Validator } from '../core/plan/route-plan.ts'
import { factoryTakesReply } from '../core/plan/takes-reply.ts'
import { kMeasures } from '../core/request/measures.ts'
import type { AppValues } from './app-values.ts'
import { type Definition, isGenerator } from './definition.ts'
import { document } from './documented.ts'
import { APIKIT_ERR_UNSOLVED } from './errors.ts'
import type { Graph, Overrides, Root } from './graph.ts'
import { definitionOf, type Inheritance, isDepends, rootsOf } from './inheritance.ts'
import { checkInputs } from './shared-inputs.ts'
import { type Solver, solverOf } from './solver.ts'
import { kDeps, kTeardown } from './state.ts'
import { Teardown } from './teardown.ts'
import { graphOf } from './walk.ts'

/** The compiled graph of a route. */
interface Solvers {
  early: Solver | undefined
  late: Solver | undefined
}

const NO_OVERRIDES: Overrides = new Map()

/** The graph of a route, with overrides. Walked again each time it is called. */
export const graphs = new WeakMap<RoutePlan, () => Graph>()

/** State shared by the routes of one registration. */
export class RouteDependencies {
  readonly #values: AppValues
  /** Cleanups that are still running. */
  readonly #ongoing: Set<Promise<unknown>>
  readonly #readers = new WeakMap<Validator, WeakMap<FastifyInstance, Map<Inputs, Reader>>>()

  constructor (values: AppValues, ongoing: Set<Promise<unknown>>) {
    this.#values = values
    this.#ongoing = ongoing
  }

  /** Fills the slots of a plan. */
  add (plan: RoutePlan, inheritance: Inheritance, overrides: Overrides): void {
    const { route } = plan
    const problems: string[] = []
    const roots = rootsFor(route, inheritance, problems)
    const documented = graphOf(roots, NO_OVERRIDES, route)
    const graph = overrides.size === 0 ? documented : graphOf(roots, overrides, route)
    document(plan, documented, inheritance)
    plan.atReady.push(refuse => {
      problems.forEach(refuse)
      if (isUndecided(route) && inheritance.enforcesScheme) refuse('the scopes above enforce a security scheme, which does not hold for files. Set the option "public" of fastify-apikit/static: true for anyone, false to enforce the scheme.')
      if (plan.presentation.length > 0 && !isClaimed(route, 'response-model')) refuse('app.inherit({ response }) needs fastify-apikit/response-model. Register it before this route, in this scope or above.')
      check(plan, documented, graph, refuse)
      for (const call of graph.appCalls) this.#values.problemsOf(call).forEach(refuse)
    })
    if (roots.length === 0) return

    graphs.set(plan, walker(roots, overrides, route))
    plan.touchesReply = graph.calls.some(({ definition: { factory } }) => factoryTakesReply(factory))
    if (graph.calls.some(({ definition }) => isGenerator(definition))) closeBehind(plan)
    if (graph.calls.some(({ secure }) => secure)) plan.slots.assert = assertSolved
    this.#run(plan, graph)
  }

  readonly #teardownOf = (request: FastifyRequest, reply: FastifyReply): Teardown =>
    (request[kTeardown] ??= new Teardown(reply, this.#ongoing))

  /** Fills the slots with functions that are compiled when the app is ready. */
  #run (plan: RoutePlan, graph: Graph): void {
    const run: Solvers = { early: undefined, late: undefined }
    const readsEarly = graph.calls.some(({ early, hasInputs }) => early && hasInputs)

    if (graph.calls.some(({ early }) => early)) plan.slots.early = readsEarly ? runEarlyReading(run, plan) : runEarly(run)
    // Also names the values of the app.
    if (graph.calls.length === 0 || graph.calls.some(({ early }) => !early)) plan.slots.late = runLate(run)

    plan.atReady.push(refuse => {
      const options = {
        readers: this.#readersOf(plan, graph, refuse),
        appValue: this.#values.of.bind(this.#values),
        teardownOf: this.#teardownOf,
        measured: plan.app.hasRequestDecorator(kMeasures)
      }
      if (graph.problems.length > 0 || options.readers === undefined) return
      for (const call of graph.appCalls) this.#values.of(call)
      const solver = { early: solverOf(graph, 'early', { ...options, readers: options.readers }), late: solverOf(graph, 'late', { ...options, readers: options.readers }) }
      const { early, late } = graph.calls.some(({ early, definition }) => early && isGenerator(definition)) ? besideBody(solver) : solver
      run.early = early
      if (plan.validator === undefined) run.late = late
      // Issues found early are answered by validation, which looks for them only where it solves something.
      else plan.solve = late ?? (readsEarly ? () => {} : undefined)
    })
  }

  /** Compiles the inputs of each dependency, once for all routes of a scope with the same validator. */
  #readersOf ({ app, validator }: RoutePlan, { calls }: Graph, refuse: Refuse): ReadonlyMap<number, Reader> | undefined {
    const readers = new Map<number, Reader>()
    for (const { index, definition, label, hasInputs } of calls) {
      if (!hasInputs) continue
      if (validator === undefined) {
        refuse(`dependency "${label}" reads the request, which needs fastify-apikit/validation. Register it before this route, in this scope or above.`)
        return undefined
      }
      const scopes = this.#readers.get(validator) ?? new WeakMap<FastifyInstance, Map<Inputs, Reader>>()
      this.#readers.set(validator, scopes)
      const known = scopes.get(app) ?? new Map<Inputs, Reader>()
      scopes.set(app, known)
      const reader = known.get(definition.inputs) ?? validator.compile(app, definition.inputs, `dependency "${label}"`, refuse)
      known.set(definition.inputs, reader)
      readers.set(index, reader)
    }
    return readers
  }
}

/** Filled in when the app is ready. */
interface Solvers {
  early: Solver | undefined
  late: Solver | undefined
}

// Separate functions: closures of one function keep alive everything that any of them uses, and the graph is not needed any more.

function walker (roots: readonly Root[], overrides: Overrides, route: RouteOptions): () => Graph {
  return () => graphOf(roots, overrides, route)
}

function runEarly (run: Solvers): NonNullable<Slots['early']> {
  return (request, reply) => run.early?.(undefined, request, reply)
}

function runEarlyReading (run: Solvers, plan: RoutePlan): NonNullable<Slots['early']> {
  return (request, reply) => run.early?.(plan.validator?.begin(request), request, reply)
}

function runLate (run: Solvers): NonNullable<Slots['late']> {
  return (request, reply) => run.late?.(undefined, request, reply)
}

/** Closes each generator, and throws the error of the request into it. */
function closeBehind ({ slots: { around, send, fail } }: RoutePlan): void {
  around.generators = handler => function (request, reply) {
    // Created before the first generator was called, and so before the handler.
    return (request[kTeardown] as Teardown).handle(() => handler.call(this, request, reply))
  }
  send.generators = (request, _reply, payload) => request[kTeardown]?.answer(payload)
  fail.generators = (request, error) => request[kTeardown]?.fail(error)
}

/** Tells the open generators when the body starts to be read, and when it has been read. */
function besideBody ({ early, late }: Solvers): Solvers {
  const awaitBody = (request: FastifyRequest): void => { (request[kTeardown] as Teardown).awaitBody() }
  return {
    early: early && ((reading, request, reply) => {
      const running = early(reading, request, reply)
      if (running === undefined) awaitBody(request)
      else return running.then(() => { awaitBody(request) })
    }),
    late: late && ((reading, request, reply) => {
      (request[kTeardown] as Teardown).goOn()
      return late(reading, request, reply)
    })
  }
}

/** The last check: a hook of another plugin may have removed ours. */
function assertSolved (request: FastifyRequest): void {
  if (request[kDeps] === null) throw new APIKIT_ERR_UNSOLVED()
}

/** Returns the dependencies of a route: the inherited ones without those in `config.without`, then its own. */
function rootsFor (route: RouteOptions, inheritance: Inheritance, problems: string[]): Root[] {
  const { config = {} } = route
  const { depends = {}, without = [] } = config
  if (!isDepends(depends)) problems.push('config.depends: expected dependencies by name, such as { user: currentUser }, or an array of dependencies')
  const own = isDepends(depends) ? rootsOf(depends, 'route') : []
  if (without === true || isOutside(route)) return own

  const inherited = inheritance.roots
  const excluded = new Set<Definition>()
  for (const [index, dependency] of without.entries()) {
    const definition = definitionOf({ dependency })
    if (definition !== undefined && inherited.some(root => definitionOf(root) === definition)) excluded.add(definition)
    else problems.push(`config.without: ${definition?.name ?? `[${index}]`} is not inherited from a scope above. Remove it.`)
  }
  return [...inherited.filter(root => !excluded.has(definitionOf(root) as Definition)), ...own]
}

function check ({ app, inputs, inherited }: RoutePlan, documented: Graph, graph: Graph, refuse: Refuse): void {
  for (const problem of new Set([...documented.problems, ...graph.problems])) refuse(problem)
  for (const { label, definition: { decorators } } of graph.calls) {
    for (const name of decorators) if (!app.hasDecorator(name)) refuse(`${label}: needs the decorator app.${name}, which does not exist. Register the plugin that adds it in this scope or above.`)
  }
  for (const [{ secure, label, origin }, need] of documented.roots) {
    if (secure && !(need.at === 'request' && need.secure)) refuse(`${label}: is in "security" of app.inherit (${origin}), but does not enforce a security scheme. Move it to "depends", or let it need a scheme.`)
  }
  checkInputs(inputs, inherited, refuse)
}
