/**
 * `config.response` and what the scopes above hand down, read: which flags hold, and which fields are named.
 *
 * @module
 */

import type { ResponseOptions, Selection } from '../core/plan/response-options.ts'
import type { Refuse } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'

const FLAGS = ['excludeUnset', 'excludeDefaults', 'excludeNull', 'byAlias'] as const
const SELECTIONS = ['include', 'exclude'] as const
const KEYS: ReadonlySet<string> = new Set([...FLAGS, ...SELECTIONS])

/** The fields that one level of a selection names, with what it says of what is inside them. */
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

  /** What is said of the inside of a field; `undefined` when the field itself is meant. */
  below (name: string): Names | undefined {
    return this.#below.get(name)
  }

  /** Takes all for met: an object that admits any key may have it. */
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

/** What holds for a response. */
export interface Presentation {
  readonly excludeUnset: boolean
  readonly excludeDefaults: boolean
  readonly excludeNull: boolean
  readonly byAlias: boolean
  readonly include: Names | undefined
  /** A field that one of them names is left away. */
  readonly excludes: readonly Names[]
  /** The names that no model has had so far. */
  unmet (): Unmet[]
}

/** Names of a selection that a model does not have. */
export interface Unmet {
  /** The options they stand in, by number. */
  readonly layer: number
  readonly names: readonly string[]
}

/**
 * Puts together what the scopes and the route say, outer to inner: the inner flag and the inner `include` win,
 * what is excluded above stays excluded below.
 */
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

/** Reports what is wrong with the options themselves; whether nothing is. */
export function checkOptions (options: unknown, at: string, refuse: Refuse): options is ResponseOptions {
  if (!isSchema(options)) {
    refuse(`${at}: it takes an object of options, ${[...KEYS].join(', ')}`)
    return false
  }
  const problems = [
    ...Object.keys(options).filter(key => !KEYS.has(key)).map(key => `"${key}" is not known; it takes ${[...KEYS].join(', ')}`),
    ...FLAGS.filter(flag => !['boolean', 'undefined'].includes(typeof options[flag])).map(flag => `${flag} is true or false`),
    ...SELECTIONS.filter(key => options[key] !== undefined && !isSelection(options[key]))
      .map(key => `${key} takes the names of fields, ['name'], or an object of them, { name: true, owner: ['id'] }`)
  ]
  for (const problem of problems) refuse(`${at}: ${problem}`)
  return problems.length === 0
}

function isSelection (value: unknown): value is Selection {
  if (Array.isArray(value)) return value.every(name => typeof name === 'string')
  return isSchema(value) && Object.values(value).every(inner => inner === true || isSelection(inner))
}
