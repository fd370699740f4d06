/**
 * Parses `config.response` and what a route inherits: its flags, and the selected fields.
 *
 * @module
 */

import type { ResponseOptions, Selection } from '../core/plan/response-options.ts'
import type { Refuse } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'

const FLAGS = ['excludeUnset', 'excludeDefaults', 'excludeNull', 'byAlias'] as const
const SELECTIONS = ['include', 'exclude'] as const
const KEYS: ReadonlySet<string> = new Set([...FLAGS, ...SELECTIONS])

/** The fields of one level of a selection, with the selection inside them. */
export class Names {
  readonly #path: string
  readonly #below: ReadonlyMap<string, Names | undefined>
  readonly #met = new Set<string>()

  constructor (selection: Selection, path: string) {
    this.#path = path
    const entries = Array.isArray(selection) ? selection.map(name => [name, true] as const) : Object.entries(selection as Readonly<Record<string, true | Selection>>)
    this.#below = new Map(entries.map(([name, inner]) => [name, inner === true ? undefined : new Names(inner, `${path}.${name}`)]))
  }

  has (name: string): boolean {
    if (!this.#below.has(name)) return false
    this.#met.add(name)
    return true
  }

  /** The selection inside a field. `undefined` if the field itself is meant. */
  below (name: string): Names | undefined {
    return this.#below.get(name)
  }

  /** Marks all names as found: an object with any keys may have them. */
  meetAll (): void {
    for (const name of this.#below.keys()) this.#met.add(name)
  }

  /** The names that no model has. */
  * unmet (): Iterable<string> {
    for (const [name, below] of this.#below) {
      if (!this.#met.has(name)) yield `${this.#path}.${name}`
      else if (below !== undefined) yield * below.unmet()
    }
  }
}

/** The options for a response. */
export interface Presentation {
  readonly excludeUnset: boolean
  readonly excludeDefaults: boolean
  readonly excludeNull: boolean
  readonly byAlias: boolean
  readonly include: Names | undefined
  /** A field that one of them names is left out. */
  readonly excludes: readonly Names[]
  /** Names that no model has had yet. */
  unmet (): Unmet[]
}

/** Names of a selection that a model lacks. */
export interface Unmet {
  /** The options that have the names, by number. */
  readonly layer: number
  readonly names: readonly string[]
}

/** Merges the options of scopes and route, outer to inner. The inner flag and the inner `include` win. What is excluded above stays excluded. */
export function presentationOf (layers: readonly ResponseOptions[]): Presentation {
  const { excludeUnset = false, excludeDefaults = false, excludeNull = false, byAlias = true }: ResponseOptions =
    Object.assign({}, ...layers.map(withoutUndefined))
  const inner = layers.findLastIndex(({ include }) => include !== undefined)
  const include = inner < 0 ? undefined : new Names(layers[inner]?.include as Selection, 'include')
  const excludes = layers.map(({ exclude }) => exclude && new Names(exclude, 'exclude'))
  return {
    excludeUnset,
    excludeDefaults,
    excludeNull,
    byAlias,
    include,
    excludes: excludes.filter(names => names !== undefined),
    unmet: () => layers.map((_options, layer) => ({
      layer,
      names: [...layer === inner && include !== undefined ? include.unmet() : [], ...excludes[layer]?.unmet() ?? []]
    }))
  }
}

function withoutUndefined (options: ResponseOptions): ResponseOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** Reports mistakes in the options. Returns whether there are none. */
export function checkOptions (options: unknown, at: string, refuse: Refuse): options is ResponseOptions {
  if (!isSchema(options)) {
    refuse(`${at} must be an object with the options ${[...KEYS].join(', ')}`)
    return false
  }
  const problems = [
    ...Object.keys(options).filter(key => !KEYS.has(key)).map(key => `unknown option "${key}". Options: ${[...KEYS].join(', ')}`),
    ...FLAGS.filter(flag => !['boolean', 'undefined'].includes(typeof options[flag])).map(flag => `${flag} must be true or false`),
    ...SELECTIONS.filter(key => options[key] !== undefined && !isSelection(options[key]))
      .map(key => `${key} must be an array of field names, such as ['name'], or an object, such as { name: true, owner: ['id'] }`)
  ]
  for (const problem of problems) refuse(`${at}: ${problem}`)
  return problems.length === 0
}

function isSelection (value: unknown): value is Selection {
  if (Array.isArray(value)) return value.every(name => typeof name === 'string')
  return isSchema(value) && Object.values(value).every(inner => inner === true || isSelection(inner))
}
