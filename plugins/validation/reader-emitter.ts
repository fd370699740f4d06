/**
 * The vocabulary of reading: a value that is right goes into the variable `out`. For `Type.Object({ id: Type.Integer(),
 * tags: Type.Optional(Type.Array(Type.String())) })` in a body the code is
 *
 * ```js
 * function object0 (object) {
 *   if (typeof object !== 'object' || object === null || Array.isArray(object)) return FAIL
 *   const v1 = object["id"]; let r2
 *   if (v1 === undefined) { return FAIL } else { if (!(isInteger(v1))) return FAIL; r2 = v1 }
 *   const v3 = object["tags"]; let r4
 *   if (v3 === undefined) { } else {
 *     if (!Array.isArray(v3)) return FAIL
 *     r4 = v3.length > 1000 ? [] : new Array(v3.length)
 *     for (let i5 = 0; i5 < v3.length; i5++) { const e6 = v3[i5]; let r7; if (typeof e6 !== 'string') return FAIL; r7 = e6; r4[i5] = r7 }
 *   }
 *   const result = { "id": r2 }
 *   if (r4 !== undefined) result["tags"] = r4
 *   return result
 * }
 * return function read (input) { let output; const t8 = object0(input); if (t8 === FAIL) return FAIL; output = t8; return output }
 * ```
 *
 * @module
 */

import { property, quote } from '../core/schema/codegen/code-builder.ts'
import { boundTests, mismatchOf } from '../core/schema/codegen/conditions.ts'
import { Emitter, type ObjectCode, type Piece, plain, RUNTIME } from '../core/schema/codegen/emitter.ts'
import type { ScalarKind } from '../core/schema/codegen/unions.ts'
import { SharedDefaults } from '../core/schema/fields-set.ts'
import { isDictionary } from '../core/schema/parse-container.ts'
import type { Field, NumberShape, ObjectShape, Shape } from '../core/schema/shape.ts'
import { type Codec, Refusal } from '../types/codec.ts'
import { shortDecimal, shortInteger } from './short-number.ts'

const READER_RUNTIME = { ...RUNTIME, Refusal, isDictionary, shortDecimal, shortInteger }

/** Reads JSON values. */
export class ReaderEmitter extends Emitter {
  compileReader<T> (body: string): T {
    return this.compile(body, READER_RUNTIME)
  }

  protected put (expression: string, out: string): string {
    return `${out} = ${expression}`
  }

  protected any (input: string, out: string): Piece {
    return plain(this.put(input, out))
  }

  protected text (input: string, out: string): Piece {
    return plain(this.put(input, out))
  }

  protected isFinite ({ finite }: NumberShape): boolean {
    return finite
  }

  protected literal (values: readonly unknown[], input: string, out: string): Piece {
    const test = values.length > 8
      ? `${this.value(new Set(values))}.has(${input})`
      : values.map(value => `${input} === ${this.value(value)}`).join(' || ')
    return plain(`if (!(${test})) return FAIL; ${this.put(input, out)}`)
  }

  protected codec (codec: Codec, input: string, out: string): Piece {
    return plain(`${out} = ${this.value(codec)}.parse(${input}); if (${out} instanceof Refusal) return FAIL`)
  }

  protected keepsScalars ({ exact }: Codec): boolean {
    return exact === undefined
  }

  protected items (items: Shape, input: string, out: string): Piece {
    const [i, item, value] = [this.name('i'), this.name('e'), this.name('r')]
    // A long list is not made room for before its first item is known to be good.
    return plain(`${out} = ${input}.length > 1000 ? [] : new Array(${input}.length)
      for (let ${i} = 0; ${i} < ${input}.length; ${i}++) { const ${item} = ${input}[${i}]; let ${value}; ${this.emit(items, item, value).code}; ${out}[${i}] = ${value} }`)
  }

  isGenerated ({ extras, fields }: Pick<ObjectShape, 'extras' | 'fields'>): boolean {
    // An object literal and an assignment would set the prototype by that name. Of several names the parser finds the one that counts.
    return (extras === 'ignore' || extras === 'forbid') && fields.every(({ name, choices }) => name !== '__proto__' && choices === undefined)
  }

  protected object ({ fields, extras }: ObjectShape): ObjectCode {
    const known = fields.map(({ alias }) => `key !== ${quote(alias)}`).join(' && ')
    const forbid = extras === 'forbid' ? `for (const key in object) if (${known || 'true'}) return FAIL` : ''
    return {
      mismatch: mismatchOf(fields, '!isDictionary(object)'),
      body: `${this.fields(fields, ({ alias }) => property('object', alias))}\n${forbid}\nreturn result`
    }
  }

  /** Statements that read every field and declare `result`, the object made of them. */
  fields (fields: readonly Field[], read: (field: Field) => string): string {
    const always: string[] = []
    const sometimes: string[] = []
    const shared: Array<readonly [string, unknown]> = []
    const [absent, own] = [this.name('a'), this.name('own')]
    const fill = ({ name, makeDefault }: Field, make: NonNullable<Field['makeDefault']>, value: string): string => {
      const made = make()
      // What is not made anew each time may be shared.
      if (made !== make()) return `(${own} ??= {})[${quote(name)}] = ${value} = ${this.value(makeDefault)}()`
      return `${SharedDefaults.absent(absent, shared.push([name, made]) - 1)}; ${value} = ${this.value(made)}`
    }
    const statements = fields.map(field => {
      const [input, value] = [this.name('v'), this.name('r')]
      const { makeDefault, required } = field
      const key = quote(field.name)
      if (required || makeDefault !== undefined) always.push(`${key}: ${value}`)
      else sometimes.push(`if (${value} !== undefined) result[${key}] = ${value}`)
      const missing = makeDefault !== undefined ? fill(field, makeDefault, value) : required ? 'return FAIL' : ''
      return `const ${input} = ${read(field)}; let ${value}
        if (${input} === undefined) { ${missing} } else { ${this.emit(field.shape, input, value).code} }`
    })
    const masks = SharedDefaults.variables(absent, shared.length)
    const isNoted = [...masks.map(mask => `${mask} !== 0`), `${own} !== undefined`].join(' || ')
    const hasDefaults = fields.some(({ makeDefault }) => makeDefault !== undefined)
    return `${hasDefaults ? `let ${[own, ...masks.map(mask => `${mask} = 0`)].join(', ')}` : ''}\n${statements.join('\n')}
      const result = { ${always.join(', ')} }\n${sometimes.join('\n')}
      ${hasDefaults ? `if (${isNoted}) ${this.value(new SharedDefaults(shared))}.note(result, [${masks.join(', ')}], ${own})` : ''}`
  }
}

/** Reads the text of parameters: numbers and booleans are written there. */
export class TextReaderEmitter extends ReaderEmitter {
  protected override boolean (input: string, out: string): Piece {
    return plain(`if (${input} === 'true') ${out} = true; else if (${input} === 'false') ${out} = false; else return FAIL`)
  }

  protected override number (shape: NumberShape, input: string, out: string): Piece {
    const read = shape.kind === 'integer' ? 'shortInteger' : 'shortDecimal'
    // NaN is not equal to itself.
    return plain(`${out} = ${read}(${input}); if (!(${[`${out} === ${out}`, ...boundTests(shape, out)].join(' && ')})) return FAIL`)
  }

  protected override scalarTest (kind: ScalarKind, input: string): string | undefined {
    return kind === 'string' ? super.scalarTest(kind, input) : undefined
  }
}
