/**
 * Applies `config.response` to a model when the route is compiled, so that nothing is looked up while serving.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/response-model/#response-model-encoding-parameters
 */

import { type Field, type ObjectShape, type Presence, type Shape, writtenKey } from '../core/schema/shape.ts'
import type { Names, Presentation } from './selection.ts'

/** The fields that are selected of a part of the model. */
interface Selected {
  readonly include: Names | undefined
  readonly excludes: readonly Names[]
  /** A member of a union. Fields that are left out still tell which member it is. */
  readonly member: boolean
}

class Presenter {
  readonly #presentation: Presentation
  readonly #made = new Map<string, Shape>()
  readonly #open = new Set<string>()
  readonly #ids = new Map<object, number>()

  constructor (presentation: Presentation) {
    this.#presentation = presentation
  }

  /** The same shape if nothing in it changes. */
  of (shape: Shape, selected: Selected): Shape {
    const key = [shape, selected.include, ...selected.excludes].map(part => this.#id(part)).join() + (selected.member ? 'm' : '')
    const known = this.#made.get(key)
    if (known !== undefined) return known
    // A recursive model: followed when a value is written.
    if (this.#open.has(key)) return { kind: 'ref', target: () => this.#made.get(key) as Shape }
    this.#open.add(key)
    const made = this.#make(shape, selected)
    this.#open.delete(key)
    this.#made.set(key, made)
    return made
  }

  #id (part: object | undefined): number {
    if (part === undefined) return -1
    const id = this.#ids.get(part) ?? this.#ids.size
    this.#ids.set(part, id)
    return id
  }

  #make (shape: Shape, selected: Selected): Shape {
    const item = { ...selected, member: false }
    switch (shape.kind) {
      case 'object': return this.#object(shape, selected)
      case 'ref': return this.of(shape.target(), selected)
      case 'nullable': case 'refined': case 'checked': return this.#inner(shape, selected)
      case 'json-text': return this.#inner(shape, item)
      case 'array': case 'set': {
        const items = this.of(shape.items, item)
        return items === shape.items ? shape : { ...shape, items }
      }
      case 'tuple': return { ...shape, items: shape.items.map(part => this.of(part, item)) }
      case 'dict': {
        const value = this.of(shape.value, item)
        const others = typeof shape.others === 'object' ? this.of(shape.others, item) : shape.others
        return value === shape.value && others === shape.others ? shape : { ...shape, value, others }
      }
      case 'union': return { ...shape, members: shape.members.map(part => this.of(part, { ...selected, member: true })) }
      case 'tagged': return { ...shape, tags: new Map([...shape.tags].map(([tag, part]) => [tag, this.of(part, selected)])) }
      default: return shape
    }
  }

  #inner<S extends Extract<Shape, { inner: Shape }>> (shape: S, selected: Selected): Shape {
    const inner = this.of(shape.inner, selected)
    return inner === shape.inner ? shape : { ...shape, inner }
  }

  #object (shape: ObjectShape, selected: Selected): Shape {
    const { include, excludes, member } = selected
    const open = shape.extras === 'keep' || typeof shape.extras === 'object'
    // Each selection is asked, so that it knows which of its names exist.
    const hides = (name: string): boolean => {
      const isExcluded = excludes.map(names => names.has(name) && names.below(name) === undefined)
      return include?.has(name) === false || isExcluded.includes(true)
    }

    const fields = shape.fields.flatMap(field => {
      const key = this.#presentation.byAlias ? writtenKey(field) : field.name
      const hidden = hides(field.name)
      const inside = this.of(field.shape, {
        include: include?.below(field.name),
        excludes: excludes.map(names => names.below(field.name)).filter(names => names !== undefined),
        member: false
      })
      if (!hidden) return this.#field({ ...field, shape: inside }, field, key)
      // If extras are allowed, a field that is left out must not count as one.
      return member || open ? { ...field, required: false, makeDefault: undefined, presence: { key, never: true } } : []
    })
    if (!open) return { ...shape, fields }

    const { excludeNull } = this.#presentation
    for (const names of [include, ...excludes]) names?.meetAll()
    return { ...shape, fields, hides: (name, value) => hides(name) || (excludeNull && value === null) }
  }

  #field (field: Field, original: Field, key: string): Field {
    const { excludeUnset: unset, excludeDefaults, excludeNull } = this.#presentation
    const makesNull = excludeNull && field.makeDefault?.() === null
    const presence: Presence = {
      key,
      unset,
      null: excludeNull,
      default: excludeDefaults && field.makeDefault !== undefined ? original : undefined
    }
    return {
      ...field,
      required: field.required && !(excludeNull && takesNull(field.shape)),
      makeDefault: unset || excludeDefaults || makesNull ? undefined : field.makeDefault,
      presence
    }
  }
}

/** Tells, without looking deep, whether null is a value of the shape. */
export function takesNull (shape: Shape): boolean {
  switch (shape.kind) {
    case 'nullable': case 'null': return true
    case 'literal': return shape.values.includes(null)
    case 'union': return shape.members.some(takesNull)
    case 'refined': case 'checked': return takesNull(shape.inner)
    default: return false
  }
}

/** @returns The shape to write by. `presentation` then knows which of its names are missing. */
export function present (shape: Shape, presentation: Presentation): Shape {
  const { include, excludes } = presentation
  return new Presenter(presentation).of(shape, { include, excludes, member: false })
}
