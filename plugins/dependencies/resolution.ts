/**
 * Resolves dependencies outside of requests: in scripts, tasks and hooks of the app.
 *
 * @module
 */

import { type AppValues, create } from './app-values.ts'
import type { Dependency } from './dependency.ts'
import { APIKIT_ERR_RESOLVE } from './errors.ts'
import { type Opened, unwind } from './generators.ts'
import type { Need, Overrides } from './graph.ts'
import { graphOf } from './walk.ts'

/** A value and its cleanup. */
export interface Resolution<Value> extends AsyncDisposable {
  readonly value: Value
  /**
   * Closes the generators that were opened for the value. Those of scope `app` stay open. A second call does nothing.
   *
   * @param error Thrown into the generators.
   * @throws What they throw.
   */
  close (...error: [error?: unknown]): Promise<void>
}

const NO_REQUEST = 'it reads the request, but app.resolve has none. Use it in a route and pass its value on'

/** @throws APIKIT_ERR_RESOLVE when the dependency, or one of its needs, reads the request. */
export async function resolve<Value> (dependency: Dependency<Value>, values: AppValues, overrides: Overrides): Promise<Resolution<Value>> {
  const { roots: [root], calls, appCalls, problems } = graphOf([{ name: 'value', label: 'dependency', dependency, origin: 'app.resolve', secure: false }], overrides)
  const wrong = [...problems, ...appCalls.flatMap(call => values.problemsOf(call))]
  for (const { label, hasInputs, definition } of calls) {
    if (hasInputs || Object.keys(definition.security).length > 0) wrong.push(`${label}: ${NO_REQUEST}`)
  }
  if (root === undefined || wrong.length > 0) throw new APIKIT_ERR_RESOLVE(wrong.join('\n'))

  const opened: Opened[] = []
  const close = async (...thrown: [error?: unknown]): Promise<void> => {
    const { raised } = await unwind(opened, thrown.length === 0 ? undefined : { error: thrown[0] })
    if (raised !== undefined) throw raised.error
  }
  const made = new Map<Need, unknown>()
  const valueOf = (need: Need): unknown => need.at === 'constant' ? need.value : need.at === 'app' ? values.make(need) : made.get(need)
  try {
    for (const call of calls) {
      const context = contextWithout(call.label)
      for (const [name, need] of call.needs) context[name] = await valueOf(need)
      made.set(call, await create(call.definition, call.label, context, opened))
    }
    const value = await valueOf(root[1]) as Value
    return { value, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close(error)
    throw error
  }
}

/** A context that throws on the first access to the request. */
function contextWithout (label: string): Record<string, unknown> {
  const get = (): never => { throw new APIKIT_ERR_RESOLVE(`${label}: ${NO_REQUEST}`) }
  return Object.defineProperties({}, { request: { get }, reply: { get } })
}
