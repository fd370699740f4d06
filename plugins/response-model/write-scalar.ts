/**
 * Writers of scalars, and of wrappers around a shape.
 *
 * @module
 */

import { type Codec, isExact, Refusal } from '../types/codec.ts'
import { parseJsonText } from '../types/json-text.ts'
import { FAIL, LAX, type Pass, STRICT } from '../core/schema/issue.ts'
import { floor, numberParser } from '../core/schema/parse-scalar.ts'
import { largeInteger, missedBound } from '../core/schema/scalars.ts'
import type { CheckedShape, NumberShape, RefinedShape } from '../core/schema/shape.ts'
import { encode, writeAny, writeInteger, writeNumber } from './json-writer.ts'
import type { Write } from './write.ts'

export const anyWriter: Write = (value, pass) =>
  writeAny(value) ?? pass.refuse('json_type', `A value of type ${typeof value} cannot be written as JSON`, undefined)

/** Writes a value of a schema that says nothing of it: beside a type in a union, it fits better than one that is converted. */
export const unknownWriter: Write = (value, pass) => {
  floor(pass, STRICT)
  return anyWriter(value, pass)
}

export function numberWriter (shape: NumberShape): Write {
  const parse = numberParser(shape)
  const integer = shape.kind === 'integer'
  return (value, pass) => {
    const large = integer ? largeOf(value) : typeof value === 'bigint' ? value : undefined
    if (large !== undefined) {
      if (typeof value === 'string') pass.fit = LAX
      const missed = missedBound(Number(large), shape, integer)
      return missed === undefined ? writeInteger(large) : pass.refusal(missed, value)
    }
    const parsed = parse(value, pass)
    return parsed === FAIL ? FAIL : writeNumber(parsed as number)
  }
}

/** An integer that is refused in a request, since it may have been rounded. In a response it is accepted. Drivers return 64-bit integers as strings. */
function largeOf (value: unknown): number | bigint | undefined {
  switch (typeof value) {
    case 'bigint': return value
    case 'number': return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : undefined
    case 'string': return value.length > 15 ? largeInteger(value) : undefined
    default: return undefined
  }
}

export function codecWriter (codec: Codec): Write {
  return (given, pass) => {
    const value = given instanceof URL ? given.href : given
    const parsed = codec.parse(value)
    if (parsed instanceof Refusal) return pass.refusal(parsed, value)
    const exact = isExact(codec, value) || (typeof value !== 'string' && codec.is(value))
    if (!exact) pass.fit = LAX
    try {
      return anyWriter(encode(codec, parsed), pass)
    } catch (error) {
      return pass.refuse('serialization_error', `Cannot be written: ${wordsOf(error)}`, value)
    }
  }
}

function wordsOf (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** In the handler the value is the parsed content. A string may be the text itself. */
export function jsonTextWriter (inner: Write): Write {
  return (value, pass) => {
    const before = pass.issues.length
    const json = inner(value, pass)
    if (json !== FAIL || typeof value !== 'string') return json
    const parsed = parseJsonText(value)
    if (parsed instanceof Refusal) return FAIL
    pass.forget(before)
    return inner(parsed, pass)
  }
}

/** @param encoder Encoder of a `Type.Transform`. The schema describes its result. */
export function refinedWriter ({ refine, encode }: RefinedShape, inner: Write): Write {
  if (encode !== undefined) return encodedWriter(encode, inner)
  return (value, pass) => {
    const json = inner(value, pass)
    if (json === FAIL) return FAIL
    const refined = attempt(() => refine(value), value, pass)
    if (refined === undefined) return json
    if (refined === FAIL) return FAIL
    // The result need not match the schema: pydantic writes it as it is, too.
    const before = pass.issues.length
    const again = inner(refined, pass)
    if (again !== FAIL) return again
    pass.forget(before)
    return anyWriter(refined, pass)
  }
}

function encodedWriter (encoder: (value: unknown) => unknown, inner: Write): Write {
  return (value, pass) => {
    const encoded = attempt(() => encoder(value), value, pass)
    return encoded === FAIL ? FAIL : inner(encoded, pass)
  }
}

function attempt (run: () => unknown, value: unknown, pass: Pass): unknown {
  try {
    return run()
  } catch (error) {
    return pass.refuse('value_error', `Value error, ${wordsOf(error)}`, value)
  }
}

export function checkedWriter ({ inner: { kind }, check }: CheckedShape, inner: Write): Write {
  const read = kind === 'string' ? textOfDate : (value: unknown) => value
  return (value, pass) => {
    const checked = read(value, check)
    const json = inner(checked, pass)
    if (json === FAIL) return FAIL
    const problem = check(checked)
    return problem === undefined ? json : pass.refuse('json_schema', `Input ${problem.message}`, value)
  }
}

/** Accepts a Date where a string with a format is declared (`date-time`, `date`), as many Fastify apps do. Returns the form of the format. */
export function textOfDate (value: unknown, check: CheckedShape['check']): unknown {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return value
  const text = value.toISOString()
  return [text, text.slice(0, 10), text.slice(11)].find(form => check(form) === undefined) ?? value
}
