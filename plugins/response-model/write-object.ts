/**
 * Writes objects with named properties.
 *
 * @module
 */

import { filledOf, isFilled } from '../core/schema/fields-set.ts'
import { FAIL, type Pass, STRICT } from '../core/schema/issue.ts'
import { INHERITED } from '../core/schema/inherited.ts'
import { floor } from '../core/schema/parse-scalar.ts'
import { taggedParser } from '../core/schema/parse-union.ts'
import { bare, type Field, type ObjectShape, type TaggedShape, writtenKey } from '../core/schema/shape.ts'
import { writeString } from './json-writer.ts'
import type { Write } from './write.ts'

/** A field with its writer. */
export interface WrittenField extends Field {
  readonly write: Write
  /** The default as JSON, if there is one. */
  readonly writeDefault: (() => string) | undefined
  /** Whether it can be left out. `presence` tells when. */
  readonly leaves: ((value: unknown, json: string) => boolean) | undefined
}

const NOT_A_MODEL = [Date, Set, Promise, RegExp, ArrayBuffer]

/** Tells whether fields can be read from a value: an object of any class with fields. */
export function isModel (value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) &&
    !ArrayBuffer.isView(value) && !NOT_A_MODEL.some(kind => value instanceof kind)
}

/** Getters of a class count, properties of `Object.prototype` do not. */
function property (model: object, name: string): unknown {
  if (model instanceof Map) return model.get(name)
  return INHERITED.has(name) && !Object.hasOwn(model, name) ? undefined : Reflect.get(model, name)
}

/** Returns the value of a field, under its own name or its alias. */
export function valueOf (model: object, { name, alias }: Pick<Field, 'name' | 'alias'>): unknown {
  const value = property(model, name)
  return value === undefined && alias !== name ? property(model, alias) : value
}

/** Returns the value of a field if it was set. Defaults of a request body do not count. */
export function setValueOf (model: object, field: Field): unknown {
  const value = valueOf(model, field)
  const filled = field.presence?.unset === true ? filledOf(model) : undefined
  return filled !== undefined && isFilled(filled, field.name, value) ? undefined : value
}

/** @param extra Writes the values of keys without a field. Without it they are dropped. */
export function objectWriter ({ fields: shapes, hides }: ObjectShape, fields: readonly WrittenField[], extra: Write | undefined): Write {
  const named = new Set(shapes.flatMap(({ name, alias }) => [name, alias]))
  const literals = fields.filter(({ shape }) => shape.kind === 'literal')
  return (value, pass) => {
    if (!isModel(value)) {
      return pass.refuse('model_attributes_type', 'Input should be a valid dictionary or object to extract fields from', value)
    }
    if (pass.isQuiet && !fitsLiterals(value, literals, pass)) return FAIL
    const entries: string[] = []
    let whole = true
    let set = 0
    const add = (name: string, part: unknown, write: Write, leaves?: WrittenField['leaves']): void => {
      pass.path.push(name)
      const json = write(part, pass)
      pass.path.pop()
      if (json === FAIL) whole = false
      else if (leaves?.(part, json) !== true) entries.push(`${writeString(name)}:${json}`)
    }
    for (const field of fields) {
      if (pass.full) return FAIL
      const key = field.presence?.key ?? writtenKey(field)
      const part = setValueOf(value, field)
      if (part !== undefined) {
        set++
        add(key, part, field.write, field.leaves)
        continue
      }
      if (field.writeDefault !== undefined) entries.push(`${writeString(key)}:${field.writeDefault()}`)
      else if (field.required) {
        whole = false
        pass.missing(field.alias, value)
      }
    }
    if (extra !== undefined) {
      for (const [name, part] of value instanceof Map ? value : Object.entries(value)) {
        if (!named.has(name) && part !== undefined && typeof part !== 'function' && hides?.(String(name), part) !== true) add(String(name), part, extra)
      }
    }
    // Counted for smart unions: of two matching models the one with more fields set wins.
    pass.fieldsSet = Math.max(pass.fieldsSet, 0) + set
    floor(pass, STRICT)
    return whole ? `{${entries.join(',')}}` : FAIL
  }
}

/** Tells whether a union member may be meant. A literal that differs excludes it. */
function fitsLiterals (value: object, literals: readonly WrittenField[], pass: Pass): boolean {
  return literals.every(field => {
    const part = setValueOf(value, field)
    return part === undefined || field.write(part, pass) !== FAIL
  })
}

/** The tag may be a getter, in a `Map`, or under the field's own name. */
export function taggedWriter (shape: TaggedShape, writers: ReadonlyMap<unknown, Write>): Write {
  const members = [...shape.tags.values()].map(bare).filter(member => member.kind === 'object')
  const field = members.flatMap(({ fields }) => fields).find(({ alias }) => alias === shape.property)
  const tag = { name: field?.name ?? shape.property, alias: shape.property }
  // A parser returns its result, here the JSON.
  return taggedParser(shape, writers, { isObject: isModel, tagOf: object => valueOf(object, tag) }) as Write
}
