/**
 * Puts the dependencies of a route into its plan and its hooks.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, onRequestHookHandler, preValidationHookHandler, RouteOptions } from 'fastify'
import { kMeasures } from '../core/request/measures.ts'
import type { Inputs, Reader, Refuse, RoutePlan, Validator } from '../core/plan/route-plan.ts'
import type { AppValues } from './app-values.ts'
import { type Definition, isGenerator } from './definition.ts'
import { document } from './documented.ts'
import { Exits } from './teardown.ts'
import type { Graph, Overrides, Root } from './graph.ts'
import { definitionOf, type Inheritance, isDepends, rootsOf } from './inheritance.ts'
import { closeBehind } from './lifecycle.ts'
import { checkInputs } from './shared-inputs.ts'
import { type Solver, solverOf } from './solver.ts'
import { kExits } from './state.ts'
import { graphOf } from './walk.ts'

const NO_OVERRIDES: Overrides = new Map()

/** What is made for the requests of a route, overriding and all. */
export const graphs = new WeakMap<RoutePlan, Graph>()

/** What the routes of one registration of the plugin share. */
export class RouteDependencies {
  readonly #values: AppValues
  /** The ends of requests that are under way. */
  readonly #ongoing: Set<Promise<unknown>>
  readonly #readers = new WeakMap<Validator, Map<Inputs, Reader>>()

  constructor (values: AppValues, ongoing: Set<Promise<unknown>>) {
    this.#values = values
    this.#ongoing = ongoing
  }

  /** For the `onRoute` hook. */
  add (plan: RoutePlan, inheritance: Inheritance, overrides: Overrides): void {
    const { route } = plan
    const problems: string[] = []
    const roots = rootsFor(route, inheritance, problems)
    const documented = graphOf(roots, NO_OVERRIDES, route)
    const graph = overrides.size === 0 ? documented : graphOf(roots, overrides, route)
    document(plan, documented, inheritance)
    plan.steps.push(refuse => {
      problems.forEach(refuse)
      if (plan.presentation.length > 0 && !plan.presents) refuse('app.inherit({ response }) needs fastify-apikit/response-model; register it before the routes')
      check(plan, documented, graph, refuse)
      for (const call of graph.appCalls) this.#values.problemsOf(call).forEach(refuse)
    })
    if (roots.length === 0) return

    graphs.set(plan, graph)
    if (graph.calls.some(({ definition }) => isGenerator(definition))) closeBehind(plan.app, route)
    this.#run(plan, graph)
  }

  readonly #exitsOf = (request: FastifyRequest, reply: FastifyReply): Exits => {
    request[kExits] ??= new Exits(reply, this.#ongoing)
    return request[kExits]
  }

  /** Adds the hooks, which do what the step will have compiled. */
  #run (plan: RoutePlan, graph: Graph): void {
    const { route } = plan
    const run: { early: Solver | undefined, late: Solver | undefined } = { early: undefined, late: undefined }
    const readsEarly = graph.calls.some(({ early, hasInputs }) => early && hasInputs)

    if (graph.calls.some(({ early }) => early)) {
      const solveEarly: onRequestHookHandler = (request, reply, done) => {
        solve(run.early, readsEarly ? plan.validator?.begin(request) : undefined, request, reply, done)
      }
      route.onRequest = [route.onRequest ?? [], solveEarly].flat()
    }
    const solveLate: preValidationHookHandler = (request, reply, done) => { solve(run.late, undefined, request, reply, done) }
    route.preValidation = [route.preValidation ?? [], solveLate].flat()

    plan.steps.push(refuse => {
      const options = {
        readers: this.#readersOf(plan, graph, refuse),
        appValue: this.#values.of.bind(this.#values),
        exitsOf: this.#exitsOf,
        measured: plan.app.hasRequestDecorator(kMeasures)
      }
      if (graph.problems.size > 0 || options.readers === undefined) return
      for (const call of graph.appCalls) this.#values.of(call)
      run.early = solverOf(graph, 'early', { ...options, readers: options.readers })
      const late = solverOf(graph, 'late', { ...options, readers: options.readers })
      if (plan.validator === undefined) run.late = late
      // What was noted early is answered by validation, which looks for that only where it solves something.
      else plan.solve = late ?? (readsEarly ? () => {} : undefined)
    })
  }

  /** Compiles the inputs of each dependency, once for all routes that share a validator. */
  #readersOf ({ validator }: RoutePlan, { calls }: Graph, refuse: Refuse): ReadonlyMap<number, Reader> | undefined {
    const readers = new Map<number, Reader>()
    for (const { index, definition, label, hasInputs } of calls) {
      if (!hasInputs) continue
      if (validator === undefined) {
        refuse(`dependency "${label}" reads the request, and nobody checks what it reads; register fastify-apikit/validation before the routes`)
        return undefined
      }
      const known = this.#readers.get(validator) ?? new Map<Inputs, Reader>()
      this.#readers.set(validator, known)
      const reader = known.get(definition.inputs) ?? validator.compile(definition.inputs, `dependency "${label}"`, refuse)
      known.set(definition.inputs, reader)
      readers.set(index, reader)
    }
    return readers
  }
}

function solve (solver: Solver | undefined, reading: Parameters<Solver>[0], request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  const solving = solver?.(reading, request, reply)
  if (solving === undefined) done()
  else solving.then(() => { done() }, done)
}

/** What a route depends on: what it inherits, less what it does without, and its own. */
function rootsFor ({ config = {} }: RouteOptions, inheritance: Inheritance, problems: string[]): Root[] {
  const { depends = {}, without = [] } = config
  if (!isDepends(depends)) problems.push('config.depends: it takes dependencies by name, { user: currentUser }, or a list of them')
  const own = isDepends(depends) ? rootsOf(depends, 'route') : []
  if (without === true) return own

  const inherited = inheritance.roots
  const excluded = new Set<Definition>()
  for (const [index, dependency] of without.entries()) {
    const definition = definitionOf({ dependency })
    if (definition !== undefined && inherited.some(root => definitionOf(root) === definition)) excluded.add(definition)
    else problems.push(`config.without: ${definition?.name ?? `[${index}]`} is nothing that a scope above asks for by app.depends; take it away`)
  }
  return [...inherited.filter(root => !excluded.has(definitionOf(root) as Definition)), ...own]
}

function check ({ app, inputs, inherited }: RoutePlan, documented: Graph, graph: Graph, refuse: Refuse): void {
  for (const problem of new Set([...documented.problems, ...graph.problems])) refuse(problem)
  for (const { label, definition: { decorators } } of graph.calls) {
    for (const name of decorators) if (!app.hasDecorator(name)) refuse(`${label}: it takes app.${name}, which nobody has added; register the plugin that does in this scope or above`)
  }
  for (const [{ secure, label, origin }, need] of documented.roots) {
    if (secure && !(need.at === 'request' && need.secure)) refuse(`${label}: app.inherit of the ${origin} has it among "security", and neither it nor what it needs enforces a scheme; move it to "depends", or let it need a scheme`)
  }
  checkInputs(inputs, inherited, refuse)
}
