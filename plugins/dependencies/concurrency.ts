/**
 * Limits how many calls of a dependency run at once.
 *
 * @module
 * @see https://fastapi.tiangolo.com/reference/dependencies/
 */

import type { Definition, Kind } from './definition.ts'

type Factory = Definition['factory']

/** A number of slots, given in the order of the requests. */
export class Slots {
  #free: number
  readonly #waiting = new Set<() => void>()
  /** Replacements of the dependency in tests, which share its slots. Each is wrapped once. */
  readonly #replacements = new WeakMap<Definition, Definition>()

  constructor (count: number) {
    this.#free = count
  }

  async take (): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>(resolve => { this.#waiting.add(resolve) })
  }

  /** Passes the slot to the caller that has waited longest. */
  release (): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free++
    else {
      this.#waiting.delete(next)
      next()
    }
  }

  /** Returns a dependency that runs in these slots. */
  hold (definition: Definition): Definition {
    let held = this.#replacements.get(definition)
    if (held === undefined) this.#replacements.set(definition, held = { ...definition, slots: this })
    return held
  }
}

/** Calls a factory once there is a slot. A call keeps it until its value is ready, a generator until it is closed. */
export function limited (factory: Factory, kind: Kind, slots: Slots): Factory {
  if (kind === 'generator' || kind === 'async generator') {
    const open = factory as (context: object) => Generator | AsyncGenerator
    return async function * (context) {
      await slots.take()
      try {
        return yield * open(context)
      } finally {
        slots.release()
      }
    }
  }
  return async context => {
    await slots.take()
    try {
      return await (kind === 'class' ? Reflect.construct(factory, [context]) : factory(context))
    } finally {
      slots.release()
    }
  }
}
