/**
 * `Shape` → source text of a function for the values that are as they should be. Whatever is unusual (blanks around a
 * number, a wrong type, a union that must be tried) makes the code return `FAIL`, and a parser or writer decides: those
 * are the meaning, generated code is only their speed.
 *
 * What is done with a value that is right, is for a vocabulary, which extends the class: reading puts it into the
 * variable `out`, writing appends its JSON there. Each has a sample of its code in its module.
 *
 * @module
 */

import type { Codec } from '../../../types/codec.ts'
import { FAIL, Pass } from '../issue.ts'
import { codePoints } from '../scalars.ts'
import type { ArrayShape, CheckedShape, NumberShape, ObjectShape, RefinedShape, Shape, StringShape, UnionShape } from '../shape.ts'
import { CodeBuilder, property, quote } from './code-builder.ts'
import { arrayTests, boundTests, constant, stringTests } from './conditions.ts'
import { tagsOf } from './tags.ts'
import { type ScalarKind, scalarKinds } from './unions.ts'

/** Statements, and the text around what they make, to be joined to the text beside it; '' where no text is made. */
export interface Piece {
  readonly open: string
  readonly code: string
  readonly close: string
}

export const plain = (code: string): Piece => ({ open: '', code, close: '' })

/** Parsers or writers, which decide where the code gives up. */
export interface Exact {
  of (shape: Shape): (value: unknown, pass: Pass) => unknown
}

/** The function of an object, which it gets as `object`. */
export interface ObjectCode {
  /** True for what is not an object of the shape. */
  readonly mismatch: string
  readonly body: string
}

/** What the code calls, whatever it is for. */
export const RUNTIME = {
  // Of the exact way only the value counts.
  FAIL, codePoints, scratch: Pass.quiet, isInteger: Number.isSafeInteger, isFinite: Number.isFinite
}

export abstract class Emitter extends CodeBuilder {
  readonly #exact: Exact
  readonly #objects = new Map<ObjectShape, string>()

  constructor (exact: Exact) {
    super()
    this.#exact = exact
  }

  /** A statement that takes the value of an expression. */
  protected abstract put (expression: string, out: string): string
  protected abstract any (input: string, out: string): Piece
  /** Takes what is known to be a string. */
  protected abstract text (input: string, out: string): Piece
  protected abstract literal (values: readonly unknown[], input: string, out: string): Piece
  protected abstract codec (codec: Codec, input: string, out: string): Piece
  /** Takes the items of what is known to be an array. */
  protected abstract items (items: Shape, input: string, out: string): Piece
  /** Whether code can read or write an object of the shape. */
  protected abstract isGenerated (shape: ObjectShape): boolean
  protected abstract object (shape: ObjectShape): ObjectCode
  /** Whether only finite numbers are taken. */
  protected abstract isFinite (shape: NumberShape): boolean
  /** Whether a codec leaves scalars to another member of a union that matches them exactly. */
  protected abstract keepsScalars (codec: Codec): boolean

  protected boolean (input: string, out: string): Piece {
    return plain(`if (typeof ${input} !== 'boolean') return FAIL; ${this.put(input, out)}`)
  }

  protected number (shape: NumberShape, input: string, out: string): Piece {
    const type = shape.kind === 'integer' ? `isInteger(${input})` : this.isFinite(shape) ? `isFinite(${input})` : `typeof ${input} === 'number'`
    return plain(`if (!(${[type, ...boundTests(shape, input)].join(' && ')})) return FAIL; ${this.put(input, out)}`)
  }

  protected checked (shape: CheckedShape, input: string, out: string): Piece {
    return this.exactly(shape, input, out)
  }

  protected refined (shape: RefinedShape, input: string, out: string): Piece {
    return this.exactly(shape, input, out)
  }

  /** The test that a scalar is of a kind; `undefined` where its type does not tell. */
  protected scalarTest (kind: ScalarKind, input: string): string | undefined {
    return kind === 'integer' ? `isInteger(${input})` : `typeof ${input} === '${kind}'`
  }

  /** Statements that take the value in the variable `input`, or return `FAIL`. */
  emit (shape: Shape, input: string, out: string): Piece {
    switch (shape.kind) {
      case 'any': return this.any(input, out)
      case 'boolean': return this.boolean(input, out)
      case 'integer': case 'number': return shape.multipleOf === undefined ? this.number(shape, input, out) : this.exactly(shape, input, out)
      case 'string': return this.#string(shape, input, out)
      case 'literal': return this.literal(shape.values, input, out)
      case 'codec': return this.codec(shape.codec, input, out)
      case 'array': return this.#array(shape, input, out)
      case 'object': return this.#object(shape, input, out)
      case 'nullable': return plain(`if (${input} === null) { ${this.put('null', out)} } else { ${this.whole(this.emit(shape.inner, input, out), out)} }`)
      case 'union': return this.#union(shape, input, out)
      case 'tagged': return this.#tagged(shape.property, shape.tags, input, out, plain('return FAIL'))
      case 'checked': return this.checked(shape, input, out)
      case 'refined': return this.refined(shape, input, out)
      case 'ref': {
        const target = shape.target()
        return target.kind === 'object' ? this.emit(target, input, out) : this.exactly(shape, input, out)
      }
      default: return this.exactly(shape, input, out)
    }
  }

  /** The statements of a piece with the text around them. */
  whole ({ open, code, close }: Piece, out: string): string {
    return [open, close].every(text => text === '') ? code : `${this.append(open, out)} ${code}; ${this.append(close, out)}`
  }

  /** A statement that takes text which is known beforehand. */
  append (text: string, out: string): string {
    return text === '' ? '' : `${this.put(quote(text), out)};`
  }

  /** Takes what a call returns, unless it is `failed`. */
  protected result (call: string, out: string, failed = 'FAIL'): string {
    const value = this.name('t')
    return `const ${value} = ${call}; if (${value} === ${failed}) return FAIL; ${this.put(value, out)}`
  }

  /** Hands a value to its parser or writer. */
  protected exactly (shape: Shape, input: string, out: string): Piece {
    return plain(this.result(`${this.value(this.#exact.of(shape))}(${input}, scratch())`, out))
  }

  #string (shape: StringShape, input: string, out: string): Piece {
    const pattern = shape.pattern && `${this.value(shape.pattern)}.test(${input})`
    const { open, code, close } = this.text(input, out)
    return { open, code: `if (!(${stringTests(shape, input, pattern).join(' && ')})) return FAIL; ${code}`, close }
  }

  #array (shape: ArrayShape, input: string, out: string): Piece {
    const { open, code, close } = this.items(shape.items, input, out)
    return { open, code: `if (!(${arrayTests(shape, input).join(' && ')})) return FAIL\n${code}`, close }
  }

  /** One function an object, so that recursive shapes call themselves. */
  #object (shape: ObjectShape, input: string, out: string): Piece {
    if (!this.isGenerated(shape)) return this.exactly(shape, input, out)
    let name = this.#objects.get(shape)
    if (name === undefined) {
      this.#objects.set(shape, name = this.name('object'))
      const { mismatch, body } = this.object(shape)
      this.function(`function ${name} (object) { if (${mismatch}) return FAIL\n${body} }`)
    }
    return plain(this.result(`${name}(${input})`, out))
  }

  /** Members that a tag or the type of a scalar decides; the rest is tried the exact way. */
  #union (shape: UnionShape, input: string, out: string): Piece {
    const rest = this.exactly(shape, input, out)
    if (shape.takesFirst === true) return rest
    const tags = tagsOf(shape.members)
    if (tags !== undefined) return this.#tagged(tags.property, tags.members, input, out, rest)
    const scalars = scalarKinds(shape.members, codec => this.keepsScalars(codec)).flatMap(kind => {
      const test = this.scalarTest(kind, input)
      const taken = kind === 'string' ? this.whole(this.text(input, out), out) : this.put(input, out)
      return test === undefined ? [] : [`if (${test}) { ${taken} } else `]
    })
    return plain(`${scalars.join('')}{ ${rest.code} }`)
  }

  #tagged (tag: string, members: ReadonlyMap<unknown, Shape>, input: string, out: string, rest: Piece): Piece {
    const cases = [...members].map(([value, member]) => `case ${constant(value)}: { ${this.whole(this.emit(member, input, out), out)}; break }`)
    return plain(`switch (typeof ${input} === 'object' && ${input} !== null ? ${property(input, tag)} : undefined) { ${cases.join('\n')} default: { ${rest.code} } }`)
  }
}
