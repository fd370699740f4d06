/**
 * The dependencies of scope `app`: created once, before the server listens, and closed with the app.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { Definition } from './definition.ts'
import { isPending, type Opened, refuseGenerator, start, unwind, yielded } from './generators.ts'
import type { AppCall } from './graph.ts'

/** A value of the app. It is set once the app is ready. */
export interface AppValue {
  readonly value: unknown
}

interface Cell {
  value: unknown
  made: Promise<void> | undefined
  readonly call: AppCall
}

export class AppValues {
  readonly #app: FastifyInstance | undefined
  readonly #cells = new Map<Definition, Cell>()
  readonly #opened: Opened[] = []

  /** @param app The scope in which the plugin is registered. Factories get it as `app`. */
  constructor (app?: FastifyInstance) {
    this.#app = app
  }

  /** Returns one message for each decorator that a dependency names and the app lacks. */
  problemsOf ({ label, definition: { decorators } }: AppCall): string[] {
    return decorators.filter(name => this.#app?.hasDecorator(name) !== true)
      .map(name => `${label}: needs the decorator app.${name}, which does not exist. Register the plugin that adds it in the scope of fastify-apikit/dependencies or above.`)
  }

  /** Returns the cell of a value. The values that it needs get their cells first. */
  of (call: AppCall): AppValue {
    return this.#cell(call)
  }

  #cell (call: AppCall): Cell {
    let cell = this.#cells.get(call.definition)
    if (cell === undefined) {
      for (const [, need] of call.needs) this.#cell(need)
      this.#cells.set(call.definition, cell = { value: undefined, made: undefined, call })
    }
    return cell
  }

  /** Creates all values that have a cell. If one fails, those already created are closed. */
  async makeAll (): Promise<void> {
    try {
      for (const { call } of this.#cells.values()) await this.make(call)
    } catch (error) {
      await this.close(error)
      throw error
    }
  }

  /** Creates one value, after those that it needs. */
  make (call: AppCall): Promise<unknown> {
    const cell = this.#cell(call)
    cell.made ??= this.#make(cell)
    return cell.made.then(() => cell.value)
  }

  async #make (cell: Cell): Promise<void> {
    const { definition, label, needs } = cell.call
    const context: Record<string, unknown> = { app: this.#app }
    for (const [name, need] of needs) context[name] = await this.make(need)
    cell.value = await create(definition, label, context, this.#opened)
  }

  /** @returns The first error that a generator threw, if any. */
  async close (error?: unknown): Promise<unknown> {
    const { raised } = await unwind(this.#opened, error === undefined ? undefined : { error })
    return raised?.error
  }
}

/**
 * Calls a factory outside of requests.
 *
 * @param opened Receives the generator while it is open.
 */
export async function create ({ kind, factory }: Definition, label: string, context: object, opened: Opened[]): Promise<unknown> {
  if (kind === 'class') return Reflect.construct(factory, [context])
  const result = factory(context)
  if (kind === 'generator' || kind === 'async generator') {
    const generator = result as Opened['generator']
    const value = yielded(label, await start(label, generator))
    opened.push({ label, generator })
    return value
  }
  const value = await result
  if (isPending(value)) await refuseGenerator(value as Opened['generator'], label)
  return value
}
