/**
 * Parsers of the shapes without parts.
 *
 * @module
 */

import { isExact, Refusal } from '../../types/codec.ts'
import { readExactJson } from '../json/cpython.ts'
import type { Place } from './place.ts'
import { EXACT, FAIL, LAX, type Pass, STRICT, type Parse } from './issue.ts'
import { literalParser } from './literals.ts'
import { parseBoolean, parseNumber, parseString } from './scalars.ts'
import type { CodecShape, LiteralShape, NumberShape, StringShape } from './shape.ts'
import { parseJsonText } from '../../types/json-text.ts'

/** Lowers the fit of a union member to `fit`, if it is not lower yet. */
export function floor (pass: Pass, fit: number): void {
  if (fit < pass.fit) pass.fit = fit
}

function accept<T> (value: T | Refusal, input: unknown, pass: Pass, fit: number): T | typeof FAIL {
  if (value instanceof Refusal) return pass.refusal(value, input)
  floor(pass, fit)
  return value
}

/** Beside a type in a union, any value fits better than one that is converted. */
export const parseAny: Parse = (input, pass) => {
  floor(pass, STRICT)
  return input
}

export const parseNull: Parse = (input, pass) =>
  input === null ? null : pass.refuse('none_required', 'Input should be None', input)

export const parseBool: Parse = (input, pass) =>
  accept(parseBoolean(input), input, pass, typeof input === 'boolean' ? EXACT : LAX)

export function numberParser (shape: NumberShape): Parse {
  // An integer is a number in strict mode, though not exactly a float.
  const whole = shape.kind === 'integer' ? EXACT : STRICT
  const fraction = shape.kind === 'integer' ? LAX : EXACT
  return (input, pass) =>
    accept(parseNumber(shape, input), input, pass, typeof input !== 'number' ? LAX : Number.isInteger(input) ? whole : fraction)
}

export function stringParser (shape: StringShape): Parse {
  return (input, pass) => accept(parseString(shape, input), input, pass, EXACT)
}

export function choiceParser (shape: LiteralShape): Parse {
  const parse = literalParser(shape)
  const other = shape.issue === 'enum' ? LAX : EXACT
  return (input, pass) => accept(parse(input), input, pass, other)
}

export function codecParser ({ codec }: CodecShape): Parse {
  return (input, pass) => {
    const value = codec.parse(input)
    // All digits of an integer are read where a member of a union wants them; the others want a number.
    const isOtherType = value instanceof Refusal && typeof input === 'bigint' && value.type.endsWith('_type')
    return accept(isOtherType ? codec.parse(Number(input)) : value, input, pass, isExact(codec, input) ? EXACT : LAX)
  }
}

/** @param place puts integers that a number rounds into the value */
export function jsonTextParser (inner: Parse, screen?: (text: string, value: unknown) => void, place?: Place): Parse {
  return (input, pass) => {
    if (typeof input !== 'string') return pass.refuse('json_type', 'JSON input should be string, bytes or bytearray', input)
    const read = (): unknown => {
      const value = parseJsonText(input)
      if (value instanceof Refusal) return value
      screen?.(input, value)
      // What one reader takes, the other does.
      return place === undefined ? value : place(value, readExactJson(input))
    }
    // One text is one value for all members of a union, which remember what they have made of it.
    const value = pass.trials === undefined ? read() : pass.trials.textOf(input, read)
    return value instanceof Refusal ? pass.refusal(value, input) : inner(value, pass)
  }
}
