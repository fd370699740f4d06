/**
 * Compiles a graph to JavaScript: one slot for each value, one statement for each call, no lookups.
 * As long as nothing is async, nothing is awaited: the first function goes as far as it can, and hands over to the
 * second, which can begin anywhere.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { kMeasures } from '../core/request/measures.ts'
import type { Reader, Reading } from '../core/plan/route-plan.ts'
import type { AppValue } from './app-values.ts'
import type { Teardown } from './teardown.ts'
import { isPending, refuseGenerator } from './generators.ts'
import { isGenerator } from './definition.ts'
import type { AppCall, Graph, Need, RequestCall, Step } from './graph.ts'
import { kDeps, kSlots } from './state.ts'

/** Calls dependencies. Returns a promise when one of them is async. Without inputs it needs no `reading`. */
export type Solver = (reading: Reading | undefined, request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

export interface SolverOptions {
  /** Compiled inputs, by the index of the call. */
  readonly readers: ReadonlyMap<number, Reader>
  readonly appValue: (call: AppCall) => AppValue
  readonly teardownOf: (request: FastifyRequest, reply: FastifyReply) => Teardown
  /** Whether to measure how long each call takes. */
  readonly measured: boolean
}

/** Value of a dependency that was not called because of invalid inputs. */
const FAILED: unique symbol = Symbol('failed')

const RUNTIME = { FAILED, kDeps, kSlots, isPending, refuseGenerator, kMeasures }

type Stage = 'early' | 'late'

/** Returns the solver of one stage of a graph, or `undefined` when the stage has nothing to do. */
export function solverOf (graph: Graph, stage: Stage, options: SolverOptions): Solver | undefined {
  const isEarly = ({ call, again, parent }: Step): boolean => again && parent !== undefined ? parent.early : call.early
  const [early, late] = [graph.steps.filter(isEarly), graph.steps.filter(step => !isEarly(step))]
  const isLast = stage === 'late' || late.length === 0
  const steps = stage === 'early' ? early : late
  // Without calls there may still be values of the app to name.
  if (steps.length === 0 && !(stage === 'late' && early.length === 0 && graph.roots.length > 0)) return undefined
  const compiled = (measured: boolean): Solver => new Emitter(steps, { ...options, measured }).compile(
    stage === 'late' && early.length > 0
      ? 'const s = request[kSlots]'
      : `const s = { ${graph.calls.map(({ index }) => `v${index}: undefined`).join(', ')} }${isLast ? '' : '; request[kSlots] = s'}`,
    isLast ? graph.roots.flatMap(([{ name }, need]) => name === undefined ? [] : [[name, need] as const]) : undefined
  )
  const plain = compiled(false)
  if (!options.measured) return plain
  // Most requests of an app that traces a sample are not measured. A function for both would make its closures for all of them.
  const measured = compiled(true)
  return (reading, request, reply) => request[kMeasures] == null ? plain(reading, request, reply) : measured(reading, request, reply)
}

class Emitter {
  readonly #steps: readonly Step[]
  readonly #options: SolverOptions
  readonly #values: unknown[] = []
  readonly #names = new Map<unknown, string>()

  constructor (steps: readonly Step[], options: SolverOptions) {
    this.#steps = steps
    this.#options = options
  }

  /**
   * @param slots The statement that declares them.
   * @param named Values for the handler. `undefined` when another stage sets them.
   */
  compile (slots: string, named: ReadonlyArray<readonly [name: string, need: Need]> | undefined): Solver {
    const teardown = this.#steps.some(({ call }) => isGenerator(call.definition)) ? 'teardownOf(request, reply)' : 'undefined'
    const finish = named === undefined ? '' : `request[kDeps] = ${this.#object(named.map(([name, need]) => [name, this.#named(need)]))}`
    const text = [
      'function solve (reading, request, reply) {', slots, `const x = ${teardown}`, ...this.#straight(), finish, '}',
      'async function rest (s, x, at, reading, request, reply) {', ...this.#rest(), finish, '}',
      'return solve'
    ].join('\n')
    const values = this.#values.map((_value, index) => `const V${index} = values[${index}]`)
    return make([`const { ${Object.keys(RUNTIME).join(', ')} } = runtime`, ...values, text].join('\n'))(RUNTIME, this.#options.teardownOf, this.#values)
  }

  /** The function up to the first call that is always async. */
  * #straight (): Generator<string> {
    for (const step of this.#steps) {
      yield this.#begin(step)
      if (step.again) continue
      const { index, definition: { kind } } = step.call
      const handOver = `return rest(s, x, ${index}, reading, request, reply)`
      if (isAsync(step)) return yield handOver
      if (kind === 'function') yield `if (isPending(s.v${index})) ${handOver}`
    }
  }

  /** The function from the first call that may be async. It can start at each such call. */
  * #rest (): Generator<string> {
    const first = this.#steps.findIndex(step => !step.again && (step.call.definition.kind === 'function' || isAsync(step)))
    if (first === -1) return
    yield 'switch (at) {'
    for (const [position, step] of this.#steps.slice(first).entries()) {
      if (position > 0) yield this.#begin(step)
      if (step.again) continue
      const { index, definition: { kind }, label, fallible } = step.call
      const slot = `s.v${index}`
      const wait = `${slot} = await ${slot}; if (isPending(${slot})) await refuseGenerator(${slot}, ${JSON.stringify(label)})`
      if (kind === 'async generator') yield `case ${index}: ${fallible ? `if (${slot} !== FAILED) ` : ''}${slot} = await ${slot}`
      else if (kind === 'async') yield `case ${index}: ${fallible ? `if (${slot} !== FAILED) ` : ''}{ ${wait} }`
      else if (kind === 'function') yield `case ${index}: if (isPending(${slot})) { ${wait} }`
    }
    yield '}'
  }

  #begin ({ call, again }: Step): string {
    const { index, definition: { kind, factory, scope }, needs, label } = call
    const reader = this.#options.readers.get(index)
    const read = reader === undefined ? '' : `reading.read(${this.#value(reader)})`
    if (again) return `if (s.v${index} === FAILED) ${read}`

    const conditions = needs.flatMap(([, need]) => need.at === 'request' && need.fallible ? [`s.v${need.index} !== FAILED`] : [])
    if (read !== '') conditions.push('i !== undefined')
    const made = `${kind === 'class' ? 'new ' : ''}${this.#value(factory)}(${this.#context(call)})`
    const open = `(${JSON.stringify(label)}, ${JSON.stringify(scope ?? 'request')}, ${made})`
    const value = kind === 'generator' ? `x.open${open}` : kind === 'async generator' ? `x.openAsync${open}` : made
    const text = `s.v${index} = ${this.#options.measured ? `request[kMeasures].run(${JSON.stringify(label)}, () => ${value})` : value}`
    if (conditions.length === 0) return text
    return `{ ${read === '' ? '' : `const i = ${read}; `}if (${conditions.join(' && ')}) { ${text} } else s.v${index} = FAILED }`
  }

  #context ({ definition: { inputs, isForm }, needs }: RequestCall): string {
    const entries = needs.map(([name, need]) => [name, this.#need(need)] as const)
    const parts = Object.keys(inputs).map(part => [part === 'querystring' ? 'query' : part === 'body' && isForm ? 'form' : part, `i.${part}`] as const)
    return this.#object([...entries, ...parts, ['request', 'request'], ['reply', 'reply']])
  }

  #need (need: Need): string {
    if (need.at === 'request') return `s.v${need.index}`
    return need.at === 'app' ? `${this.#value(this.#options.appValue(need))}.value` : this.#value(need.value)
  }

  #named (need: Need): string {
    const text = this.#need(need)
    return need.at === 'request' && need.fallible ? `${text} === FAILED ? undefined : ${text}` : text
  }

  #object (entries: ReadonlyArray<readonly [name: string, text: string]>): string {
    // Computed, so that `__proto__` is a name like any other.
    return `{ ${entries.map(([name, text]) => `${name === '__proto__' ? '["__proto__"]' : JSON.stringify(name)}: ${text}`).join(', ')} }`
  }

  #value (value: unknown): string {
    let name = this.#names.get(value)
    if (name === undefined) this.#names.set(value, name = `V${this.#values.push(value) - 1}`)
    return name
  }
}

function isAsync ({ call: { definition: { kind } } }: Step): boolean {
  return kind === 'async' || kind === 'async generator'
}

type Make = (runtime: typeof RUNTIME, teardownOf: SolverOptions['teardownOf'], values: readonly unknown[]) => Solver

// Routes with equal graphs have equal text. What differs is passed as values.
const made = new Map<string, Make>()

function make (text: string): Make {
  let known = made.get(text)
  // eslint-disable-next-line no-new-func -- the text contains names only as JSON literals
  if (known === undefined) made.set(text, known = new Function('runtime', 'teardownOf', 'values', text) as Make)
  return known
}
