/**
 * The vocabulary of writing: the JSON of a value that is right is appended to the variable `json`, joined with the text
 * around it that is known beforehand. For `Type.Object({ id: Type.Integer(), tags: Type.Optional(Type.Array(Type.String())) })`
 * the code is
 *
 * ```js
 * function object0 (object) {
 *   if (typeof object !== 'object' || object === null || Array.isArray(object)) return FAIL
 *   let json = ''
 *   const v1 = object["id"]; if (v1 === undefined) return FAIL; json += "{\"id\":"; if (!(isInteger(v1))) return FAIL; json += v1
 *   const v2 = object["tags"]; if (v2 !== undefined) {
 *     json += ",\"tags\":["
 *     if (!Array.isArray(v2)) return FAIL
 *     for (let i3 = 0; i3 < v2.length; i3++) {
 *       const e4 = v2[i3]; if (i3 !== 0) { json += "\",\"" } else { json += "\"" }
 *       if (typeof e4 !== 'string') return FAIL; json += escape(e4)
 *     }
 *     if (v2.length !== 0) { json += "\"" }
 *     json += "]"
 *   }
 *   return json + "}"
 * }
 * return function write (value) { let json = ''; const t5 = object0(value); if (t5 === FAIL) return FAIL; json += t5; return json }
 * ```
 *
 * @module
 */

import { type Codec, kCodec, Refusal } from '../types/codec.ts'
import { DateTime } from '../types/index.ts'
import { quote } from '../core/schema/codegen/code-builder.ts'
import { mismatchOf } from '../core/schema/codegen/conditions.ts'
import { Emitter, type ObjectCode, type Piece, plain, RUNTIME } from '../core/schema/codegen/emitter.ts'
import { filledOf, isFilled } from '../core/schema/fields-set.ts'
import type { FAIL } from '../core/schema/issue.ts'
import type { CheckedShape, Field, ObjectShape, RefinedShape, Shape } from '../core/schema/shape.ts'
import { type FieldCode, fieldsCode, type PresenceCode } from './generated-fields.ts'
import { encode, escape, textOfDateTime, writeAny } from './json-writer.ts'
import { takesNull } from './presentation.ts'
import { isModel } from './write-object.ts'
import { textOfDate } from './write-scalar.ts'
import type { Writers } from './writers.ts'

/** Returns JSON, or `FAIL` when the writers must decide. */
export type FastWrite = (value: unknown) => string | typeof FAIL

const WRITER_RUNTIME = { ...RUNTIME, Refusal, encode, escape, filledOf, isFilled, isModel, textOfDate, textOfDateTime, writeAny }

const DATE_TIME: unknown = Reflect.get(DateTime(), kCodec)

class WriterEmitter extends Emitter {
  readonly #writers: Writers

  constructor (writers: Writers) {
    super(writers)
    this.#writers = writers
  }

  protected put (expression: string, out: string): string {
    return `${out} += ${expression}`
  }

  protected any (input: string, out: string): Piece {
    return plain(this.result(`writeAny(${input})`, out, 'undefined'))
  }

  protected text (input: string, out: string): Piece {
    return { open: '"', code: this.put(`escape(${input})`, out), close: '"' }
  }

  /** JSON has no word for the others. */
  protected isFinite (): boolean {
    return true
  }

  protected literal (values: readonly unknown[], input: string, out: string): Piece {
    const json = this.value(new Map(values.map(value => [value, JSON.stringify(value)])))
    return plain(this.result(`${json}.get(${input})`, out, 'undefined'))
  }

  protected codec (codec: Codec, input: string, out: string): Piece {
    if (codec === DATE_TIME) return { open: '"', code: this.result(`textOfDateTime(${input})`, out, 'undefined'), close: '"' }
    const [parsed, name] = [this.name('c'), this.value(codec)]
    return plain(`const ${parsed} = ${name}.parse(${input}); if (${parsed} instanceof Refusal) return FAIL; ${this.result(`writeAny(encode(${name}, ${parsed}))`, out, 'undefined')}`)
  }

  /** A scalar may be of the domain of a codec. */
  protected keepsScalars (): boolean {
    return false
  }

  protected items (items: Shape, input: string, out: string): Piece {
    const [i, item] = [this.name('i'), this.name('e')]
    const { open, code, close } = this.emit(items, item, out)
    const loop = `for (let ${i} = 0; ${i} < ${input}.length; ${i}++) {
        const ${item} = ${input}[${i}]; if (${i} !== 0) { ${this.append(`${close},${open}`, out)} } else { ${this.append(open, out)} } ${code}
      }
      if (${input}.length !== 0) { ${this.append(close, out)} }`
    return { open: '[', code: loop, close: ']' }
  }

  protected override checked ({ inner, check }: CheckedShape, input: string, out: string): Piece {
    const [value, run] = [this.name('k'), this.value(check)]
    const read = inner.kind === 'string' ? `typeof ${input} === 'string' ? ${input} : textOfDate(${input}, ${run})` : input
    const { open, code, close } = this.emit(inner, value, out)
    return { open, code: `const ${value} = ${read}; if (${run}(${value}) !== undefined) return FAIL; ${code}`, close }
  }

  protected override refined (shape: RefinedShape, input: string, out: string): Piece {
    if (shape.encode === undefined) return this.exactly(shape, input, out)
    const encoded = this.name('k')
    const { open, code, close } = this.emit(shape.inner, encoded, out)
    return { open, code: `const ${encoded} = ${this.value(shape.encode)}(${input}); ${code}`, close }
  }

  /** A value that is compared with its default as a whole, and written in part, is for the writers; and so are extras. */
  protected isGenerated ({ extras, fields }: ObjectShape): boolean {
    return (extras === 'ignore' || extras === 'forbid') &&
      fields.every(({ presence, shape }) => presence?.default === undefined || presence.default.shape === shape)
  }

  protected object ({ fields }: ObjectShape): ObjectCode {
    const filled = fields.some(({ presence }) => presence?.unset === true) ? 'const filled = filledOf(object)' : ''
    return {
      mismatch: mismatchOf(fields, '!isModel(object) || object instanceof Map'),
      body: `let json = ''; let needsComma = false; ${filled}\n${fieldsCode(fields.map(field => this.#field(field)), this)}`
    }
  }

  #field (field: Field): FieldCode {
    const variable = this.name('v')
    const absent = field.makeDefault && this.#writers.writeDefault(field)
    return { variable, name: field.name, alias: field.alias, choices: field.choices, required: field.required, absent, piece: this.emit(field.shape, variable, 'json'), presence: this.#presence(field) }
  }

  #presence ({ presence, shape }: Field): PresenceCode | undefined {
    if (presence === undefined) return undefined
    const { key, never = false, unset = false, null: leavesNull = false, default: original } = presence
    return {
      key,
      never,
      unset,
      null: !leavesNull ? 'kept' : takesNull(shape) ? 'left' : 'refused',
      unless: original && this.value(this.#writers.writeDefault(original))
    }
  }
}

/** Generates the writer of a value. */
export function generateWriter (shape: Shape, writers: Writers): FastWrite {
  const emitter = new WriterEmitter(writers)
  const { open, code, close } = emitter.emit(shape, 'value', 'json')
  return emitter.compile(`return function write (value) { let json = ${quote(open)}; ${code}; return ${close === '' ? 'json' : `json + ${quote(close)}`} }`, WRITER_RUNTIME)
}
