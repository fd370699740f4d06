/**
 * Converts values without a schema to JSON values.
 *
 * @module
 */

import type { ResponseOptions } from '../core/plan/response-options.ts'
import { filledOf, isFilled } from '../core/schema/fields-set.ts'
import { APIKIT_ERR_JSONABLE } from './errors.ts'
import { codecOf, encode, tagOf, type Written } from './json-writer.ts'
import type { Jsonable, JsonableOptions } from './jsonable-options.ts'
import { type Presentation, presentationOf } from './selection.ts'

/** As Python's `isoformat` writes a time in UTC. */
const OFFSET = '+00:00'

function isoformat (tag: string): (value: object) => string {
  return value => String(encode(codecOf(tag) as Written, value)).replace(/Z$/, OFFSET)
}

/** Types that the encoder writes differently from a model. */
const PLAIN: Readonly<Record<string, (value: never) => unknown>> = {
  Date: isoformat('Date'),
  'Temporal.ZonedDateTime': isoformat('Temporal.ZonedDateTime'),
  TimeWithOffset: isoformat('TimeWithOffset'),
  Decimal: Number,
  // A year counts as 365 days, a month as 30, as in a model.
  'Temporal.Duration': (duration: Parts) => duration.with({ years: 0, months: 0, days: duration.days + duration.years * 365 + duration.months * 30 }).total('seconds')
}

interface Parts {
  readonly years: number
  readonly months: number
  readonly days: number
  with (parts: { years: number, months: number, days: number }): { total (unit: 'seconds'): number }
}

type Selected = Pick<Presentation, 'include' | 'excludes'>

const ALL: Selected = { include: undefined, excludes: [] }

export class PlainEncoder {
  readonly #presentation: Presentation
  readonly #encoders: NonNullable<JsonableOptions['encoders']>
  /** The path of the encoder, and the objects around it. */
  readonly #path: string[] = []
  readonly #open = new Set<object>()

  constructor (options: ResponseOptions, encoders: NonNullable<JsonableOptions['encoders']>) {
    this.#presentation = presentationOf([options])
    this.#encoders = encoders
  }

  encode (value: unknown): Jsonable {
    return this.#value(value, this.#presentation) ?? null
  }

  #refuse (problem: string): never {
    throw new APIKIT_ERR_JSONABLE(`${this.#path.length === 0 ? 'the value' : this.#path.join('.')} ${problem}`)
  }

  /** Returns `undefined` for what JSON leaves out. */
  #value (value: unknown, selected: Selected): Jsonable | undefined {
    switch (typeof value) {
      case 'string': case 'boolean': return value
      case 'number': return Number.isFinite(value) ? value : this.#refuse(`is ${value}, which JSON cannot represent`)
      case 'bigint': return BigInt(Number(value)) === value ? Number(value) : this.#refuse('is an integer that a number would round')
      case 'object': return value === null ? null : this.#object(value, selected)
      default: return undefined
    }
  }

  #object (value: object, selected: Selected): Jsonable | undefined {
    if (this.#open.has(value)) this.#refuse('contains itself')
    this.#open.add(value)
    const made = this.#made(value, selected)
    this.#open.delete(value)
    return made
  }

  #made (value: object, selected: Selected): Jsonable | undefined {
    const encoder = this.#encoderOf(value)
    if (encoder !== undefined) return this.#value(encoder(value as never), ALL)
    if (value instanceof RegExp) return value.source
    if (value instanceof Map) return this.#entries(value, value, selected)
    const tag = tagOf(value)
    const codec = codecOf(tag)
    if (codec?.is(value) === true) return this.#value(this.#encoded(tag, codec, value), ALL)
    if (tag === 'Date') return this.#refuse('is an invalid date')
    const toJSON: unknown = Reflect.get(value, 'toJSON')
    if (typeof toJSON === 'function') return this.#value(toJSON.call(value), selected)
    if (Symbol.iterator in value) return Array.from(value as Iterable<unknown>, (item, index) => this.#at(String(index), item, selected) ?? null)
    return this.#entries(Object.entries(value), value, selected)
  }

  #encoded (tag: string, codec: Written, value: object): unknown {
    try {
      return PLAIN[tag]?.(value as never) ?? encode(codec, value)
    } catch (error) {
      return this.#refuse(`cannot be written: ${(error as Error).message}`)
    }
  }

  #encoderOf (value: object): ((value: never) => unknown) | undefined {
    const exact = this.#encoders.get(value.constructor as never)
    if (exact !== undefined || this.#encoders.size === 0) return exact
    return [...this.#encoders].find(([kind]) => value instanceof kind)?.[1]
  }

  #entries (entries: Iterable<readonly [unknown, unknown]>, whole: object, { include, excludes }: Selected): Jsonable {
    const { excludeNull, excludeUnset } = this.#presentation
    const filled = excludeUnset ? filledOf(whole) : undefined
    const object: Record<string, Jsonable> = {}
    for (const [key, value] of entries) {
      const name = typeof key === 'string' ? key : this.#key(key)
      if (include?.has(name) === false || excludes.some(names => names.has(name) && names.below(name) === undefined)) continue
      if ((excludeNull && value === null) || (filled !== undefined && isFilled(filled, name, value))) continue
      const made = this.#at(name, value, { include: include?.below(name), excludes: excludes.map(names => names.below(name)).filter(names => names !== undefined) })
      if (made !== undefined) Object.defineProperty(object, name, { value: made, enumerable: true, configurable: true, writable: true })
    }
    return object
  }

  /** Converts a key to a string. */
  #key (key: unknown): string {
    const made = this.#value(key, ALL)
    return typeof made === 'string' ? made : JSON.stringify(made) ?? String(key)
  }

  #at (name: string, value: unknown, selected: Selected): Jsonable | undefined {
    this.#path.push(name)
    const made = this.#value(value, selected)
    this.#path.pop()
    return made
  }
}
