/**
 * `Shape` → straight JavaScript for the values that are as they should be. Whatever is unusual (a text for a
 * number, a union that must be tried, a missing field) makes it give up, and the writers of `writers.ts` decide:
 * they are the meaning, this is only their speed.
 *
 * @module
 */

import { type Codec, DateTime, kCodec, Refusal } from '../types/index.ts'
import { filledOf, isFilled } from '../core/schema/fields-set.ts'
import { FAIL, Pass } from '../core/schema/issue.ts'
import { codePoints } from '../core/schema/scalars.ts'
import type { ArrayShape, CheckedShape, Field, NumberShape, ObjectShape, RefinedShape, Shape, StringShape, UnionShape } from '../core/schema/shape.ts'
import { encode, escape, textOfDateTime, writeAny } from './json-writer.ts'
import { takesNull } from './presentation.ts'
import { add, type EmittedField, type EmittedPresence, fieldsCode, type Piece, quote, whole } from './straight-fields.ts'
import { tagsOf } from './tags.ts'
import { isModel } from './write-object.ts'
import { textOfDate } from './write-scalar.ts'
import type { Writers } from './writers.ts'

/** Returns JSON, or `undefined` when the writers must decide. */
export type Straight = (value: unknown) => string | undefined

/** What the straight code calls. */
const RUNTIME = {
  FAIL, Refusal, codePoints, encode, escape, filledOf, isFilled, isModel, textOfDate, textOfDateTime, writeAny, isInteger: Number.isSafeInteger, scratch: () => new Pass(1)
}

const DATE_TIME: unknown = Reflect.get(DateTime(), kCodec)

const plain = (code: string): Piece => ({ open: '', code, close: '' })

/** What is compared with its default as a whole, and written in part, is for the writers; and so are extras. */
function isStraight ({ extras, fields }: ObjectShape): boolean {
  return (extras === 'ignore' || extras === 'forbid') &&
    fields.every(({ presence, shape }) => presence?.default === undefined || presence.default.shape === shape)
}

class Emitter {
  readonly #writers: Writers
  readonly values: unknown[] = []
  readonly functions: string[] = []
  readonly #objects = new Map<ObjectShape, string>()
  #names = 0

  constructor (writers: Writers) {
    this.#writers = writers
  }

  #name (prefix: string): string {
    return prefix + this.#names++
  }

  #value (value: unknown): string {
    return `V${this.values.push(value) - 1}`
  }

  /** @param v the variable that holds the value */
  emit (shape: Shape, v: string): Piece {
    switch (shape.kind) {
      case 'any': return plain(this.#append(`writeAny(${v})`))
      case 'boolean': return plain(`if (typeof ${v} !== 'boolean') return; j += ${v}`)
      case 'integer': case 'number': return this.#number(shape, v)
      case 'string': return { open: '"', code: `${this.#string(shape, v)}; j += escape(${v})`, close: '"' }
      case 'literal': return this.#literal(shape.values, v)
      case 'codec': return this.#codec(shape.codec, v)
      case 'array': return this.#array(shape, v)
      case 'object': return isStraight(shape) ? plain(this.#append(`${this.#object(shape)}(${v})`)) : this.#written(shape, v)
      case 'nullable': return plain(`if (${v} === null) j += 'null'; else { ${whole(this.emit(shape.inner, v))} }`)
      case 'union': return this.#union(shape, v)
      case 'tagged': return this.#tagged(shape.property, shape.tags, v)
      case 'checked': return this.#checked(shape, v)
      case 'refined': return this.#refined(shape, v)
      case 'ref': {
        const target = shape.target()
        return target.kind === 'object' ? this.emit(target, v) : this.#written(shape, v)
      }
      default: return this.#written(shape, v)
    }
  }

  #append (expression: string, failed = 'undefined'): string {
    const json = this.#name('t')
    return `const ${json} = ${expression}; if (${json} === ${failed}) return; j += ${json}`
  }

  /** Hands one part to its writer. */
  #written (shape: Shape, v: string): Piece {
    return plain(this.#append(`${this.#value(this.#writers.of(shape))}(${v}, scratch())`, 'FAIL'))
  }

  #number (shape: NumberShape, v: string): Piece {
    if (shape.multipleOf !== undefined) return this.#written(shape, v)
    const bounds = [['<=', shape.maximum], ['<', shape.exclusiveMaximum], ['>=', shape.minimum], ['>', shape.exclusiveMinimum]] as const
    // What is not zero when taken from itself is NaN or an infinity.
    const tests = [shape.kind === 'integer' ? `isInteger(${v})` : `typeof ${v} === 'number' && ${v} - ${v} === 0`,
      ...bounds.flatMap(([operator, bound]) => bound === undefined ? [] : [`${v} ${operator} ${bound}`])]
    return plain(`if (!(${tests.join(' && ')})) return; j += ${v}`)
  }

  #string ({ min, max, pattern }: StringShape, v: string): string {
    const misses = [`typeof ${v} !== 'string'`]
    if (min !== undefined && min > 0) misses.push(`(${v}.length < ${min * 2} && codePoints(${v}) < ${min})`)
    if (max !== undefined) misses.push(`${v}.length > ${max}`)
    if (pattern !== undefined) misses.push(`!${this.#value(pattern)}.test(${v})`)
    return `if (${misses.join(' || ')}) return`
  }

  #literal (values: readonly unknown[], v: string): Piece {
    const json = this.#value(new Map(values.map(value => [value, JSON.stringify(value)])))
    return plain(this.#append(`${json}.get(${v})`))
  }

  #codec (codec: Codec, v: string): Piece {
    if (codec === DATE_TIME) return { open: '"', code: this.#append(`textOfDateTime(${v})`), close: '"' }
    const [value, name] = [this.#name('c'), this.#value(codec)]
    return plain(`const ${value} = ${name}.parse(${v}); if (${value} instanceof Refusal) return; ${this.#append(`writeAny(encode(${name}, ${value}))`)}`)
  }

  #array ({ items, min, max }: ArrayShape, v: string): Piece {
    const [i, e] = [this.#name('i'), this.#name('e')]
    const size = [min !== undefined ? ` || ${v}.length < ${min}` : '', max !== undefined ? ` || ${v}.length > ${max}` : ''].join('')
    const item = this.emit(items, e)
    const code = `if (!Array.isArray(${v})${size}) return
      for (let ${i} = 0; ${i} < ${v}.length; ${i}++) { const ${e} = ${v}[${i}]; if (${i} !== 0) j += ${quote(`${item.close},${item.open}`)}; else { ${add(item.open)} } ${item.code} }
      if (${v}.length !== 0) { ${add(item.close)} }`
    return { open: '[', code, close: ']' }
  }

  /** Members that one look decides; what is left goes to the writer. */
  #union (shape: UnionShape, v: string): Piece {
    const { members } = shape
    const rest = whole(this.#written(shape, v))
    const tags = tagsOf(members)
    if (tags !== undefined) {
      const cases = [...tags.values].map(([tag, member]) => `case ${JSON.stringify(tag)}: { ${whole(this.emit(member, v))}; break }`)
      return plain(`switch (typeof ${v} === 'object' && ${v} !== null ? ${v}[${quote(tags.property)}] : undefined) { ${cases.join('\n')} default: { ${rest} } }`)
    }
    const has = (kind: Shape['kind']): boolean => members.some(member => member.kind === kind && !('bounded' in member && member.bounded) &&
      !(member.kind === 'string' && (member.min ?? member.max ?? member.pattern) !== undefined))
    // A text may be an exact match of a codec in front of it.
    const text = has('string') && members.every(({ kind }) => kind !== 'codec')
    return plain([
      text ? `if (typeof ${v} === 'string') j += '"' + escape(${v}) + '"'; else ` : '',
      has('boolean') ? `if (typeof ${v} === 'boolean') j += ${v}; else ` : '',
      has('integer') ? `if (isInteger(${v})) j += ${v}; else ` : '',
      `{ ${rest} }`
    ].join(''))
  }

  #tagged (property: string, tags: ReadonlyMap<unknown, Shape>, v: string): Piece {
    const cases = [...tags].map(([tag, shape]) => `case ${JSON.stringify(tag)}: { ${whole(this.emit(shape, v))}; break }`)
    return plain(`if (typeof ${v} !== 'object' || ${v} === null) return
      switch (${v}[${quote(property)}]) { ${cases.join('\n')} default: return }`)
  }

  #checked ({ inner, check }: CheckedShape, v: string): Piece {
    const [checked, run] = [this.#name('k'), this.#value(check)]
    const read = inner.kind === 'string' ? `typeof ${v} === 'string' ? ${v} : textOfDate(${v}, ${run})` : v
    const { open, code, close } = this.emit(inner, checked)
    return { open, code: `const ${checked} = ${read}; if (${run}(${checked}) !== undefined) return; ${code}`, close }
  }

  #refined (shape: RefinedShape, v: string): Piece {
    if (shape.encode === undefined) return this.#written(shape, v)
    const encoded = this.#name('k')
    const { open, code, close } = this.emit(shape.inner, encoded)
    return { open, code: `const ${encoded} = ${this.#value(shape.encode)}(${v}); ${code}`, close }
  }

  #field (field: Field): EmittedField {
    const v = this.#name('v')
    const absent = field.makeDefault && this.#writers.writeDefault(field)
    return { v, name: field.name, alias: field.alias, required: field.required, absent, piece: this.emit(field.shape, v), presence: this.#presence(field) }
  }

  #presence ({ presence, shape }: Field): EmittedPresence | undefined {
    if (presence === undefined) return undefined
    const { key, never = false, unset = false, null: leavesNull = false, default: original } = presence
    return {
      key,
      never,
      unset,
      null: !leavesNull ? 'kept' : takesNull(shape) ? 'left' : 'refused',
      unless: original && this.#value(this.#writers.writeDefault(original))
    }
  }

  /** One function an object, so that recursive shapes call themselves. */
  #object (shape: ObjectShape): string {
    const known = this.#objects.get(shape)
    if (known !== undefined) return known
    const name = this.#name('o')
    this.#objects.set(shape, name)
    // Without a required field, which would be missing, a Map, a Date and the like would pass for an empty model.
    const guard = shape.fields.some(({ required }) => required)
      ? "typeof d !== 'object' || d === null || Array.isArray(d)"
      : '!isModel(d) || d instanceof Map'
    const filled = shape.fields.some(({ presence }) => presence?.unset === true) ? 'const f = filledOf(d)' : ''
    this.functions.push(`function ${name} (d) { if (${guard}) return\nlet j = ''; let some = false; ${filled}\n${fieldsCode(shape.fields.map(field => this.#field(field)))} }`)
    return name
  }
}

/** Compiles the writer of a value. */
export function straightWriter (shape: Shape, writers: Writers): Straight {
  const emitter = new Emitter(writers)
  const { open, code, close } = emitter.emit(shape, 'd')
  const source = `'use strict'
    const { ${Object.keys(RUNTIME).join(', ')} } = R
    const [${emitter.values.map((_, i) => `V${i}`).join(', ')}] = V
    ${emitter.functions.join('\n')}
    return function write (d) { let j = ${quote(open)}; ${code}; return j + ${quote(close)} }`
  // The source is made of this module's text and of names and bounds written by JSON.stringify.
  // eslint-disable-next-line no-new-func
  return new Function('R', 'V', source)(RUNTIME, emitter.values)
}
