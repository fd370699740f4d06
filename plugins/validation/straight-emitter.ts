/**
 * `Shape` → statements of straight code.
 *
 * @module
 */

import type { Parsers } from '../core/schema/parse.ts'
import type { Field, NumberShape, ObjectShape, Shape, StringShape } from '../core/schema/shape.ts'

/** `text`: every scalar comes as a string. `json`: values have their JSON types. */
export type Source = 'text' | 'json'

const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Whether a member of a union leaves a string, boolean or integer that fits it exactly as it is. */
function keepsScalars (shape: Shape): boolean {
  switch (shape.kind) {
    case 'codec': return shape.codec.exact !== true
    case 'nullable': return keepsScalars(shape.inner)
    case 'union': return shape.members.every(keepsScalars)
    case 'refined': case 'checked': case 'ref': case 'json-text': return false
    default: return true
  }
}

/** Writes the code of one function, and keeps the values and the functions that it is about. */
export class Emitter {
  readonly #parsers: Parsers
  readonly #source: Source
  readonly values: unknown[] = []
  readonly functions: string[] = []
  readonly #objects = new Map<ObjectShape, string>()
  #names = 0

  constructor (parsers: Parsers, source: Source) {
    this.#parsers = parsers
    this.#source = source
  }

  #name (prefix: string): string {
    return prefix + this.#names++
  }

  #value (value: unknown): string {
    return `V${this.values.push(value) - 1}`
  }

  /** Statements that read `input` and assign `out`, or return FAIL. */
  emit (shape: Shape, input: string, out: string): string {
    switch (shape.kind) {
      case 'any': return `${out} = ${input}`
      case 'boolean': return this.#boolean(input, out)
      case 'integer': case 'number': return this.#number(shape, input, out)
      case 'string': return this.#string(shape, input, out)
      case 'literal': return this.#literal(shape.values, input, out)
      case 'codec': return `${out} = ${this.#value(shape.codec)}.parse(${input}); if (${out} instanceof Refusal) return FAIL`
      case 'nullable': return `if (${input} === null) ${out} = null; else { ${this.emit(shape.inner, input, out)} }`
      case 'array': return this.#array(shape.items, shape.min, shape.max, input, out)
      case 'object': return shape.extras === 'ignore' || shape.extras === 'forbid' ? this.#call(shape, input, out) : this.#parsed(shape, input, out)
      case 'union': return this.#union(shape.members, input, out) + this.#parsed(shape, input, out)
      case 'tagged': return this.#tagged(shape.property, shape.tags, input, out)
      case 'ref': {
        const target = shape.target()
        return target.kind === 'object' ? this.emit(target, input, out) : this.#parsed(shape, input, out)
      }
      default: return this.#parsed(shape, input, out)
    }
  }

  /** Hands one part to its parser. */
  #parsed (shape: Shape, input: string, out: string): string {
    return `{ ${out} = ${this.#value(this.#parsers.of(shape))}(${input}, scratch()); if (${out} === FAIL) return FAIL }`
  }

  #boolean (input: string, out: string): string {
    if (this.#source === 'json') return `if (typeof ${input} !== 'boolean') return FAIL; ${out} = ${input}`
    return `if (${input} === 'true') ${out} = true; else if (${input} === 'false') ${out} = false; else return FAIL`
  }

  #number (shape: NumberShape, input: string, out: string): string {
    if (shape.multipleOf !== undefined) return this.#parsed(shape, input, out)
    const integer = shape.kind === 'integer'
    const read = this.#source === 'text'
      ? `${out} = ${integer ? 'shortInteger' : 'shortDecimal'}(${input}); if (${out} !== ${out}) return FAIL`
      : `if (${integer ? `!isInteger(${input})` : shape.finite ? `!isFinite(${input})` : `typeof ${input} !== 'number'`}) return FAIL; ${out} = ${input}`
    const bounds = [
      ['<=', shape.maximum], ['<', shape.exclusiveMaximum], ['>=', shape.minimum], ['>', shape.exclusiveMinimum]
    ] as const
    return read + bounds.map(([operator, bound]) => bound === undefined ? '' : `; if (!(${out} ${operator} ${bound})) return FAIL`).join('')
  }

  #string ({ min, max, pattern }: StringShape, input: string, out: string): string {
    const checks = [`typeof ${input} !== 'string'`]
    if (min !== undefined && min > 0) checks.push(`(${input}.length < ${min * 2} && codePoints(${input}) < ${min})`)
    if (max !== undefined) checks.push(`${input}.length > ${max}`)
    if (pattern !== undefined) checks.push(`!${this.#value(pattern)}.test(${input})`)
    return `if (${checks.join(' || ')}) return FAIL; ${out} = ${input}`
  }

  #literal (values: readonly unknown[], input: string, out: string): string {
    const test = values.length > 8
      ? `${this.#value(new Set(values))}.has(${input})`
      : values.map(value => `${input} === ${this.#value(value)}`).join(' || ')
    return `if (!(${test})) return FAIL; ${out} = ${input}`
  }

  #array (items: Shape, min: number | undefined, max: number | undefined, input: string, out: string): string {
    const [i, item, value] = [this.#name('i'), this.#name('e'), this.#name('r')]
    const size = [min !== undefined ? ` || ${input}.length < ${min}` : '', max !== undefined ? ` || ${input}.length > ${max}` : ''].join('')
    // A long list is not made room for before its first item is known to be good.
    return `if (!Array.isArray(${input})${size}) return FAIL
      ${out} = ${input}.length > 1000 ? [] : new Array(${input}.length)
      for (let ${i} = 0; ${i} < ${input}.length; ${i}++) { const ${item} = ${input}[${i}]; let ${value}; ${this.emit(items, item, value)}; ${out}[${i}] = ${value} }`
  }

  /** Members that one look at the type decides; a fall-through goes to the parser. */
  #union (members: readonly Shape[], input: string, out: string): string {
    if (!members.every(keepsScalars)) return ''
    const has = (kind: Shape['kind']): boolean => members.some(member => member.kind === kind && !('bounded' in member && member.bounded) &&
      !(member.kind === 'string' && (member.min ?? member.max ?? member.pattern) !== undefined))
    const tests = [
      has('string') ? `typeof ${input} === 'string'` : '',
      this.#source === 'json' && has('boolean') ? `typeof ${input} === 'boolean'` : '',
      this.#source === 'json' && has('integer') ? `isInteger(${input})` : ''
    ].filter(test => test !== '')
    return tests.length > 0 ? `if (${tests.join(' || ')}) ${out} = ${input}; else ` : ''
  }

  #tagged (property: string, tags: ReadonlyMap<unknown, Shape>, input: string, out: string): string {
    const cases = [...tags].map(([tag, shape]) => `case ${JSON.stringify(tag)}: { ${this.emit(shape, input, out)}; break }`)
    return `if (typeof ${input} !== 'object' || ${input} === null) return FAIL
      switch (${input}[${JSON.stringify(property)}]) { ${cases.join('\n')} default: return FAIL }`
  }

  #call (shape: ObjectShape, input: string, out: string): string {
    if (shape.fields.some(({ name }) => name === '__proto__')) return this.#parsed(shape, input, out)
    return `${out} = ${this.#object(shape)}(${input}); if (${out} === FAIL) return FAIL`
  }

  /** One function an object, so that recursive shapes call themselves. */
  #object (shape: ObjectShape): string {
    const known = this.#objects.get(shape)
    if (known !== undefined) return known
    const name = this.#name('o')
    this.#objects.set(shape, name)
    const guard = "if (typeof d !== 'object' || d === null || Array.isArray(d)) return FAIL"
    this.functions.push(`function ${name} (d) { ${guard}\n${this.fields(shape.fields, ({ alias }) => this.property('d', alias))}
      ${shape.extras === 'forbid' ? this.#forbid(shape.fields) : ''}
      return r }`)
    return name
  }

  property (object: string, key: string): string {
    const name = JSON.stringify(key)
    return INHERITED.has(key) ? `(Object.hasOwn(${object}, ${name}) ? ${object}[${name}] : undefined)` : `${object}[${name}]`
  }

  #forbid (fields: readonly Field[]): string {
    const known = fields.map(({ alias }) => `k !== ${JSON.stringify(alias)}`)
    return `for (const k in d) if (${known.join(' && ') || 'true'}) return FAIL`
  }

  /** Statements that read every field and declare `r`, the object made of them. */
  fields (fields: readonly Field[], read: (field: Field) => string): string {
    const always: string[] = []
    const sometimes: string[] = []
    const statements = fields.map(field => {
      const [input, value] = [this.#name('v'), this.#name('r')]
      const key = JSON.stringify(field.name)
      if (field.required || field.makeDefault !== undefined) always.push(`${key}: ${value}`)
      else sometimes.push(`if (${value} !== undefined) r[${key}] = ${value}`)
      const absent = field.makeDefault !== undefined ? `(f ??= {})[${key}] = ${value} = ${this.#default(field.makeDefault)}` : field.required ? 'return FAIL' : ''
      return `const ${input} = ${read(field)}; let ${value}
        if (${input} === undefined) { ${absent} } else { ${this.emit(field.shape, input, value)} }`
    })
    const noted = fields.some(({ makeDefault }) => makeDefault !== undefined)
    return `${noted ? 'let f' : ''}\n${statements.join('\n')}\nconst r = { ${always.join(', ')} }\n${sometimes.join('\n')}
      ${noted ? 'if (f !== undefined) noteFilled(r, f)' : ''}`
  }

  #default (make: () => unknown): string {
    const value = make()
    return typeof value === 'object' && value !== null ? `${this.#value(make)}()` : this.#value(value)
  }
}
