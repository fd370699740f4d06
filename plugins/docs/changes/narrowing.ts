/**
 * Tells whether all values of one schema match another, and if not, why.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import type { Schema } from '../../core/plan/route-plan.ts'
import { isSchema } from '../../core/schema/references.ts'
import { brokenBounds, keepsTo } from './bounds.ts'
import { type Located, membersOf, nameOf, type ObjectFields, objectOf, resolved, typesOf, valuesOf } from './located.ts'

/** A difference: values of one schema that do not match the other. */
export interface Misfit {
  /** Names of fields, `[]` for the items of an array. */
  readonly at: readonly string[]
  /** The keyword of the wider schema: `required`, `type`, `enum`, a bound … */
  readonly keyword: string
  /** Its value in the wider schema. */
  readonly wide: unknown
  /** Its value in the other schema. */
  readonly narrow: unknown
}

export class Narrowing {
  /** Pairs being compared: a schema may contain itself. */
  readonly #open = new Map<unknown, Set<unknown>>()

  /** What may be `narrow`, and is not `wide`. */
  misfits (narrow: Located, wide: Located, at: readonly string[] = []): Misfit[] {
    if (Object.keys(resolved(wide)).length === 0) return []
    const [below, above] = [narrow, wide].map(({ schema }) => isSchema(schema) ? schema.$ref ?? schema : schema)
    const open = this.#open.get(below) ?? new Set()
    if (open.has(above)) return []
    this.#open.set(below, open.add(above))
    const choices = membersOf(wide)
    const found = membersOf(narrow).flatMap(member => this.#fit(member, choices, at))
    open.delete(above)
    return found
  }

  /** Whether one of the choices takes all that a member of a union may be. */
  #fit (member: Located, choices: readonly Located[], at: readonly string[]): Misfit[] {
    const values = valuesOf(resolved(member))
    if (values !== undefined && values.length > 1 && choices.length > 1) {
      return values.flatMap(value => this.#fit({ ...member, schema: { const: value } }, choices, at))
    }
    const tried = choices.map(choice => ({ choice, misfits: this.#single(member, choice, at) }))
    if (tried.some(({ misfits }) => misfits.length === 0)) return []

    // The closest choice describes the problem best.
    const meant = choices.length === 1 ? tried : tried.filter(({ choice }) => isMeant(resolved(member), resolved(choice)))
    const [only, ...others] = meant
    if (only !== undefined && others.length === 0) return only.misfits
    return [{ at, keyword: 'type', narrow: nameOf(resolved(member)), wide: choices.map(choice => nameOf(resolved(choice))).join(' or ') }]
  }

  #single (narrow: Located, wide: Located, at: readonly string[]): Misfit[] {
    const [below, above] = [resolved(narrow), resolved(wide)]
    const [values, allowed] = [valuesOf(below), valuesOf(above)]
    if (values !== undefined && allowed !== undefined) {
      const others = values.filter(value => !allowed.some(other => isDeepStrictEqual(other, value)))
      return others.length === 0 ? [] : [{ at, keyword: 'enum', narrow: others, wide: allowed }]
    }
    const types = typesOf(below)
    const known = typesOf(above)
    const strange = types.filter(type => !known.includes(type) && !(type === 'integer' && known.includes('number')))
    if (strange.length > 0) return [{ at, keyword: 'type', narrow: nameOf(below), wide: nameOf(above) }]
    if (allowed !== undefined) return [{ at, keyword: 'enum', narrow: nameOf(below), wide: allowed }]
    if (values !== undefined) {
      const others = values.filter(value => !keepsTo(value, above))
      return others.length === 0 ? [] : [{ at, keyword: 'enum', narrow: others, wide: nameOf(above) }]
    }
    return [
      ...brokenBounds(below, above, types).map(keyword => ({ at, keyword, narrow: below[keyword], wide: above[keyword] })),
      ...types.includes('array') ? this.#items(narrow, wide, at) : [],
      ...types.includes('object') ? this.#fields(narrow, wide, at) : []
    ]
  }

  #items (narrow: Located, wide: Located, at: readonly string[]): Misfit[] {
    const [below, above] = [resolved(narrow), resolved(wide)]
    const [first, second] = [prefixOf(below), prefixOf(above)]
    const places = Array.from({ length: Math.max(first.length, second.length) }, (_item, index) => index)
    return [
      ...places.flatMap(index => this.misfits(
        { ...narrow, schema: index < first.length ? first[index] : below.items }, { ...wide, schema: index < second.length ? second[index] : above.items }, [...at, `[${index}]`])),
      ...this.misfits({ ...narrow, schema: below.items }, { ...wide, schema: above.items }, [...at, '[]'])
    ]
  }

  #fields (narrow: Located, wide: Located, at: readonly string[]): Misfit[] {
    const [below, above] = [objectOf(narrow), objectOf(wide)]
    const required = above.required.filter(name => !below.required.includes(name))
    // A new field breaks nothing, unless `additionalProperties` described it before.
    const names = Object.keys(isSchema(below.rest) ? { ...below.properties, ...above.properties } : below.properties)
    const fields = names.map(name => ({ name, below: fieldOf(below, name), above: fieldOf(above, name) })).filter(({ above }) => above !== false)
    return [
      ...required.map((name): Misfit => ({ at: [...at, name], keyword: 'required', narrow: false, wide: true })),
      ...fields.flatMap(({ name, below, above }) => this.misfits({ ...narrow, schema: below }, { ...wide, schema: above }, [...at, name])),
      ...this.#rest(narrow, wide, at)
    ]
  }

  /** The schema of fields without a name. */
  #rest (narrow: Located, wide: Located, at: readonly string[]): Misfit[] {
    const [{ rest: below }, { rest: above }] = [objectOf(narrow), objectOf(wide)]
    if (above === undefined || below === false) return []
    if (above === false) return [{ at, keyword: 'additionalProperties', narrow: true, wide: false }]
    return this.misfits({ ...narrow, schema: below }, { ...wide, schema: above }, [...at, '*'])
  }
}

function fieldOf ({ properties, rest }: ObjectFields, name: string): unknown {
  return Object.hasOwn(properties, name) ? properties[name] : rest
}

function prefixOf ({ prefixItems }: Schema): readonly unknown[] {
  return Array.isArray(prefixItems) ? prefixItems : []
}

/** Tells whether two schemas are versions of the same thing: models of one name, or values of one type. */
function isMeant (a: Schema, b: Schema): boolean {
  const types = typesOf(a)
  if (typeof a.title === 'string' && typeof b.title === 'string' && types.includes('object')) return a.title === b.title
  return typesOf(b).some(type => types.includes(type))
}
