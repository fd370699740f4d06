/**
 * `Shape` → straight JavaScript for the requests that are as they should be. Whatever is unusual
 * (blanks around a number, a wrong type, a union that must be tried) makes it give up, and the
 * parsers of `parse.ts` decide: they are the meaning, this is only their speed.
 *
 * @module
 */

import { FAIL } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import type { Field, Shape } from '../core/schema/shape.ts'
import { Emitter, type Source } from './straight-emitter.ts'
import { RUNTIME } from './straight-runtime.ts'

/** Returns the value, or `FAIL` when the parsers must decide. */
export type Straight = (input: unknown) => unknown

function compile<T> (emitter: Emitter, body: string): T {
  const source = `'use strict'
    const { ${Object.keys(RUNTIME).join(', ')} } = R
    const [${emitter.values.map((_, i) => `V${i}`).join(', ')}] = V
    ${emitter.functions.join('\n')}
    ${body}`
  // The source is made of the emitter's text and of names and bounds written by JSON.stringify.
  // eslint-disable-next-line no-new-func
  return new Function('R', 'V', source)(RUNTIME, emitter.values)
}

/** Compiles a JSON value. */
export function straightValue (shape: Shape, parsers: Parsers): Straight {
  const emitter = new Emitter(parsers, 'json')
  const body = emitter.emit(shape, 'd', 'o')
  return compile(emitter, `return function parse (d) { let o; ${body}; return o }`)
}

/**
 * Compiles a group of parameters.
 *
 * @param reads one a field: its raw value, `undefined` when it is absent
 */
export function straightParameters<Raw> (
  fields: readonly Field[], parsers: Parsers, reads: ReadonlyArray<(raw: Raw) => unknown>, source: Source = 'text'
): (raw: Raw) => unknown {
  if (fields.some(({ name }) => name === '__proto__')) return () => FAIL
  const emitter = new Emitter(parsers, source)
  const index = new Map(fields.map((field, i) => [field, i]))
  const names = fields.map((_field, i) => `q${i}`)
  const body = emitter.fields(fields, field => `q${index.get(field)}(raw)`)
  return compile<(reads: ReadonlyArray<(raw: Raw) => unknown>) => (raw: Raw) => unknown>(
    emitter, `return ([${names.join(', ')}]) => function parse (raw) { ${body}\nreturn r }`)(reads)
}
