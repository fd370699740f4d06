/**
 * Compiles a `Shape` to a writer, which validates a value, coerces it as FastAPI's response models do, and writes it. This defines
 * the meaning of all response schemas. `generated-writer.ts` is a faster equivalent of a part of it.
 *
 * @module
 */

import { FAIL, Pass } from '../core/schema/issue.ts'
import { Parsers } from '../core/schema/parse.ts'
import { label, unionParser } from '../core/schema/parse-union.ts'
import type { Field, Shape } from '../core/schema/shape.ts'
import { recursive } from '../core/schema/trials.ts'
import type { Write } from './write.ts'
import { writeString } from './json-writer.ts'
import { arrayWriter, dictWriter, setWriter, tupleWriter } from './write-container.ts'
import { objectWriter, taggedWriter, type WrittenField } from './write-object.ts'
import { anyWriter, checkedWriter, codecWriter, jsonTextWriter, numberWriter, refinedWriter, unknownWriter } from './write-scalar.ts'

/** Compiles shapes to writers. One shape has one writer, so that recursive shapes end. */
export class Writers {
  readonly parsers = new Parsers()
  readonly #writers = new Map<Shape, Write>()

  of (shape: Shape): Write {
    const known = this.#writers.get(shape)
    if (known !== undefined) return known
    const write = this.#make(shape)
    this.#writers.set(shape, write)
    return write
  }

  #make (shape: Shape): Write {
    switch (shape.kind) {
      case 'any': return unknownWriter
      case 'null': case 'boolean': case 'string': case 'literal': return this.#scalar(shape)
      case 'integer': case 'number': return numberWriter(shape)
      case 'codec': return codecWriter(shape.codec)
      // A list of anything is one exactly.
      case 'array': return arrayWriter(shape, shape.items.kind === 'any' ? anyWriter : this.of(shape.items))
      case 'set': return setWriter(shape, this.of(shape.items))
      case 'tuple': return tupleWriter(shape, shape.items.map(item => this.of(item)))
      case 'dict': return dictWriter(shape, {
        key: shape.key && this.of(shape.key),
        value: this.of(shape.value),
        others: typeof shape.others === 'object' ? this.of(shape.others) : shape.others === 'keep' ? anyWriter : 'ignore'
      })
      case 'object': return objectWriter(shape, shape.fields.map(field => this.#field(field)), this.#extra(shape.extras))
      case 'nullable': return nullableWriter(this.of(shape.inner))
      // A parser returns its result, here the JSON.
      case 'union': return unionParser(shape.members.map(member => ({ label: label(member), parse: this.of(member) })), undefined, shape.takesFirst) as Write
      case 'tagged': return taggedWriter(shape, new Map([...shape.tags].map(([tag, member]) => [tag, this.of(member)])))
      case 'json-text': return jsonTextWriter(this.of(shape.inner))
      case 'refined': return refinedWriter(shape, this.of(shape.inner))
      case 'checked': return checkedWriter(shape, this.of(shape.inner))
      case 'ref': return recursive(shape.target, target => this.of(target)) as Write
    }
  }

  #field (field: Field): WrittenField {
    const write = this.of(field.shape)
    let json: string | undefined
    return { ...field, write, writeDefault: field.makeDefault && (() => (json ??= this.writeDefault(field))), leaves: this.leaves(field) }
  }

  /** Tells when a field with a value is left out. `undefined` for never. */
  leaves ({ shape, presence }: Field): WrittenField['leaves'] {
    if (presence === undefined) return undefined
    if (presence.never === true) return () => true
    const { default: original, null: leavesNull = false } = presence
    if (original === undefined) return leavesNull ? value => value === null : undefined
    let absent: string | undefined
    // Fields that are left out inside a value do not make it the default.
    const whole = original.shape === shape ? undefined : this.of(original.shape)
    return (value, json) => {
      // NaN is written as null, and is none.
      if (value === null || json === 'null') return value === null && (leavesNull || (absent ??= this.writeDefault(original)) === 'null')
      return (absent ??= this.writeDefault(original)) === (whole === undefined ? json : whole(value, Pass.quiet()))
    }
  }

  /** The JSON for an absent field. As in pydantic, a default need not match its schema. */
  writeDefault ({ shape, makeDefault }: Field): string {
    const value = makeDefault?.()
    const json = this.of(unrefined(shape))(value, Pass.quiet())
    return json === FAIL ? JSON.stringify(value) : json
  }

  #scalar (shape: Shape): Write {
    const parse = this.parsers.of(shape)
    return (value, pass) => {
      const parsed = parse(value, pass)
      return parsed === FAIL ? FAIL : typeof parsed === 'string' ? writeString(parsed) : String(parsed)
    }
  }

  #extra (extras: Shape | 'ignore' | 'forbid' | 'keep'): Write | undefined {
    return typeof extras === 'object' ? this.of(extras) : extras === 'keep' ? anyWriter : undefined
  }
}

/** The default of a schema is already in its wire form. */
function unrefined (shape: Shape): Shape {
  return shape.kind === 'refined' ? unrefined(shape.inner) : shape
}

function nullableWriter (inner: Write): Write {
  return (value, pass) => value === null ? 'null' : inner(value, pass)
}
