/**
 * Parser of objects with named properties.
 *
 * @module
 */

import { noteFilled } from './fields-set.ts'
import { FAIL, type Pass, type Parse, STRICT } from './issue.ts'
import { keysOf } from '../json/key-order.ts'
import { define, isDictionary } from './parse-container.ts'
import { floor } from './parse-scalar.ts'
import type { Extras, Field, ObjectShape } from './shape.ts'

/** A field with its parser. */
export interface ParsedField extends Field {
  readonly parse: Parse
}

const NOT_AN_OBJECT = 'Input should be a valid dictionary or object to extract fields from'

/** `own` only: a field called `constructor` must not find the one of `Object.prototype`. */
export function ownValue (input: object, key: string): unknown {
  return Object.hasOwn(input, key) ? Reflect.get(input, key) : undefined
}

export function objectParser ({ extras }: ObjectShape, fields: readonly ParsedField[], extra: Parse | undefined): Parse {
  // An extra that is called as a field with another alias is kept nowhere: the field has its type.
  const known = new Set(fields.flatMap(({ alias, name }) => extras === 'forbid' ? [alias] : [alias, name]))
  const hasChoices = fields.some(({ choices }) => choices !== undefined)
  const telling = fields.filter(({ shape, required }) => required || shape.kind === 'literal')
  return (input, pass) => {
    if (!isDictionary(input)) return pass.refuse('model_attributes_type', NOT_AN_OBJECT, input)
    if (pass.isQuiet && !mayBeMeant(input, telling, pass)) return FAIL
    const value: Record<string, unknown> = {}
    let filled: Record<string, unknown> | undefined
    let whole = true
    let set = 0
    let names: ReadonlySet<string> = known
    for (const declared of fields) {
      if (pass.full) return FAIL
      const field = declared.choices === undefined ? declared : chosen(declared, input)
      const sent = ownValue(input, field.alias)
      if (sent !== undefined) {
        set++
        if (parseField(field, sent, value, pass) === FAIL) whole = false
      } else if (field.makeDefault !== undefined) {
        const made = field.makeDefault()
        define(value, field.name, made)
        ;(filled ??= Object.create(null) as Record<string, unknown>)[field.name] = made
      } else if (field.required) {
        whole = false
        pass.missing(field.alias, input)
      }
    }
    // Of several names for a field only the one that counts is known.
    if (hasChoices && extras !== 'ignore') names = new Set([...known].filter(name => !fields.some(field => field.choices !== undefined && field.alias === name)).concat(fields.map(field => chosen(field, input).alias)))
    if (extras !== 'ignore' && !parseExtras(input, names, extras, extra, value, pass)) whole = false
    if (filled !== undefined) noteFilled(value, filled)
    // Counted for smart unions: of two models that accept, the one with more fields set wins.
    pass.fieldsSet = Math.max(pass.fieldsSet, 0) + set
    floor(pass, STRICT)
    return whole ? value : FAIL
  }
}

/** Whether an object has what a member of a union must have, and the literals that tell it from others: else it is not read any further. */
function mayBeMeant (input: object, fields: readonly ParsedField[], pass: Pass): boolean {
  for (const field of fields) {
    const { shape, required, makeDefault, parse } = field
    const sent = ownValue(input, chosen(field, input).alias)
    if (sent === undefined && required && makeDefault === undefined) {
      pass.hasFailed = true
      return false
    }
    if (sent !== undefined && shape.kind === 'literal' && parse(sent, pass) === FAIL) return false
  }
  return true
}

/** A field under the first of its names that was sent, or else under the first. */
function chosen<T extends Pick<Field, 'alias' | 'choices'>> (field: T, input: object): T {
  if (field.choices === undefined || ownValue(input, field.alias) !== undefined) return field
  const alias = field.choices.find(choice => ownValue(input, choice) !== undefined)
  return alias === undefined ? field : { ...field, alias }
}

/** Gives a field its default, and notes that it was not sent. */
export function fill (value: object, name: string, made: unknown): void {
  define(value, name, made)
  noteFilled(value, { [name]: made })
}

function parseField (field: ParsedField, input: unknown, value: object, pass: Pass): unknown {
  pass.path.push(field.alias)
  const parsed = field.parse(input, pass)
  pass.path.pop()
  if (parsed !== FAIL) define(value, field.name, parsed)
  return parsed
}

/** The keys that no field has; in the order in which they were sent. */
export function parseExtras (
  input: Record<string, unknown>, known: ReadonlySet<string>, extras: Exclude<Extras, 'ignore'>, extra: Parse | undefined, value: object, pass: Pass
): boolean {
  let whole = true
  for (const key of keysOf(input)) {
    if (known.has(key)) continue
    if (pass.full) return false
    pass.path.push(key)
    const parsed = extras === 'forbid'
      ? pass.refuse('extra_forbidden', 'Extra inputs are not permitted', input[key])
      : extra === undefined ? input[key] : extra(input[key], pass)
    pass.path.pop()
    if (parsed === FAIL) whole = false
    else define(value, key, parsed)
  }
  return whole
}
