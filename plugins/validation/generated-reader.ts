/**
 * Generates code for valid requests. For all others it returns `FAIL`, and the parsers of
 * `core/schema` decide.
 *
 * @module
 */

import { CodeBuilder } from '../core/schema/codegen/code-builder.ts'
import { tagsOf } from '../core/schema/codegen/tags.ts'
import { FAIL } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import type { Field, ObjectShape, Shape } from '../core/schema/shape.ts'
import { ReaderEmitter, TextReaderEmitter } from './reader-emitter.ts'

/** Returns the value, or `FAIL` when the parsers must decide. */
export type FastRead<Raw = unknown> = (raw: Raw) => unknown

/** JavaScript for the raw value of a field in the variable `raw`; `undefined` is what was not sent. */
export type RawValue = (field: Field, code: CodeBuilder) => string

/** Returns the raw values of all fields, for the parsers. */
export type RawValues<Raw> = (raw: Raw) => readonly unknown[]

/** Generates the reader of a JSON value. A union of objects that nothing tells apart is for the parsers, which would only be asked twice. */
export function generateReader (shape: Shape, parsers: Parsers): FastRead {
  if (shape.kind === 'union' && shape.members.every(({ kind }) => kind === 'object') && tagsOf(shape.members) === undefined) return () => FAIL
  const emitter = new ReaderEmitter(parsers)
  const { code } = emitter.emit(shape, 'input', 'output')
  return emitter.compileReader(`return function read (input) { let output; ${code}; return output }`)
}

/**
 * Generates the reader of a group of parameters; `undefined` where only the parsers can read the shape.
 *
 * @param isText all scalars are sent as text
 */
export function generateParameterReader<Raw> (
  shape: Pick<ObjectShape, 'fields' | 'extras'>, rawValue: RawValue, parsers: Parsers, isText = true
): FastRead<Raw> | undefined {
  const emitter = isText ? new TextReaderEmitter(parsers) : new ReaderEmitter(parsers)
  if (!emitter.isGenerated(shape)) return undefined
  return emitter.compileReader(`return function read (raw) { ${emitter.fields(shape.fields, field => rawValue(field, emitter))}\nreturn result }`)
}

/** Generates what takes the raw values of a group of parameters. */
export function generateRawValues<Raw> (fields: readonly Field[], rawValue: RawValue): RawValues<Raw> {
  const code = new CodeBuilder()
  return code.compile(`return raw => [${fields.map(field => rawValue(field, code)).join(', ')}]`)
}
