/**
 * Parsers of lists, sets, tuples and dictionaries.
 *
 * @module
 */

import { identityOf } from './identity.ts'
import { EXACT, FAIL, type Pass, type Parse, STRICT } from './issue.ts'
import { keysOf } from '../json/key-order.ts'
import { parseAny } from './parse-scalar.ts'
import type { ArrayShape, DictShape, Extras, SetShape, Sized, TupleShape } from './shape.ts'

function tooLong (pass: Pass, type: string, max: number, actual: number | null, input: unknown): typeof FAIL {
  return pass.refuse('too_long', `${type} should have at most ${items(max)} after validation, not ${actual ?? 'more'}`, input,
    { field_type: type, max_length: max, actual_length: actual })
}

function tooShort (pass: Pass, type: string, min: number, actual: number, input: unknown): typeof FAIL {
  return pass.refuse('too_short', `${type} should have at least ${items(min)} after validation, not ${actual}`, input,
    { field_type: type, min_length: min, actual_length: actual })
}

function items (count: number): string {
  return `${count} item${count === 1 ? '' : 's'}`
}

/** A list in a union says nothing about the fit of its items to each other: pydantic takes the worst. */
function parseItems (input: readonly unknown[], item: Parse, pass: Pass, failFast: boolean, keep: (value: unknown) => boolean): boolean {
  const known = pass.trials?.refused(item, input)
  if (known !== undefined && pass.isQuiet) pass.hasFailed = true
  if (known !== undefined && (pass.isQuiet || known.length > 0)) return explainItems(input, item, pass, known)
  pass.trials?.pay(input.length)
  const refused: number[] = []
  for (let i = 0; i < input.length && !pass.full; i++) {
    pass.path.push(i)
    const value = item(input[i], pass)
    pass.path.pop()
    if (value !== FAIL) {
      if (!keep(value)) return false
      continue
    }
    refused.push(i)
    if (failFast) break
  }
  // A quiet attempt ends with the first, and so does one that fails fast: which others are wrong is not known.
  if (refused.length > 0 && (pass.isQuiet || !pass.full)) pass.trials?.noteRefused(item, input, pass.isQuiet || failFast ? [] : refused)
  return refused.length === 0 && !pass.full
}

/** Tells again what is wrong with the items of a list. */
function explainItems (input: readonly unknown[], item: Parse, pass: Pass, refused: readonly number[]): false {
  for (const index of refused) {
    if (pass.full) break
    pass.path.push(index)
    item(input[index], pass)
    pass.path.pop()
  }
  return false
}

export function arrayParser ({ min, max, failFast = false }: ArrayShape, item: Parse): Parse {
  return (input, pass) => {
    if (!Array.isArray(input)) return pass.refuse('list_type', 'Input should be a valid list', input)
    const isLong = max !== undefined && input.length > max
    if (isLong && !failFast) return tooLong(pass, 'List', max, input.length, input)
    const read = isLong ? input.slice(0, max) : input
    const list: unknown[] = item === parseAny ? read.slice() : []
    if (item !== parseAny && !parseItems(read, item, pass, failFast, value => list.push(value) > 0)) return FAIL
    if (isLong) return tooLong(pass, 'List', max, input.length, input)
    if (min !== undefined && list.length < min) return tooShort(pass, 'List', min, list.length, input)
    return list
  }
}

export function setParser ({ min, max, frozen, failFast = false }: SetShape, item: Parse): Parse {
  const [name, type, words] = frozen
    ? ['Frozenset', 'frozen_set_type', 'Input should be a valid frozenset']
    : ['Set', 'set_type', 'Input should be a valid set']
  return (input, pass) => {
    const list = input instanceof Set ? [...input] : input
    if (!Array.isArray(list)) return pass.refuse(type, words, input)
    const members = new Map<unknown, unknown>()
    const before = pass.issues.length
    const whole = parseItems(list, item, pass, failFast, value => {
      const key = identityOf(value, pass.identities)
      if (!members.has(key)) members.set(key, value)
      if (max === undefined || members.size <= max) return true
      pass.forget(before)
      tooLong(pass, name, max, null, input)
      return false
    })
    if (!whole) return FAIL
    if (min !== undefined && members.size < min) return tooShort(pass, name, min, members.size, input)
    // A list is not exactly a set: beside a list in a union it is a list.
    if (pass.fit === EXACT && list === input) pass.fit = STRICT
    return new Set(members.values())
  }
}

export function tupleParser ({ items: shapes, failFast = false }: TupleShape, parsers: readonly Parse[]): Parse {
  return (input, pass) => {
    if (!Array.isArray(input)) return pass.refuse('tuple_type', 'Input should be a valid tuple', input)
    const isLong = input.length > shapes.length
    if (isLong && !failFast) return tooLong(pass, 'Tuple', shapes.length, input.length, input)
    const values: unknown[] = []
    let whole = true
    for (const [index, parse] of parsers.entries()) {
      if (index >= input.length) {
        whole = false
        pass.missing(index, input)
      } else {
        pass.path.push(index)
        const value = parse(input[index], pass)
        pass.path.pop()
        if (value === FAIL) whole = false
        values.push(value)
      }
      if (failFast && !whole) return FAIL
    }
    if (isLong) return tooLong(pass, 'Tuple', shapes.length, input.length, input)
    if (pass.fit === EXACT) pass.fit = STRICT
    return whole ? values : FAIL
  }
}

/** Sets a key whatever its name: a `__proto__` of the client's is a key like any other. */
export function define (target: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else (target as Record<string, unknown>)[key] = value
}

/** What can be iterated is a collection (a list, a `Map`, bytes), whose properties are not what it holds. */
export function isDictionary (input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !(Symbol.iterator in input)
}

export interface DictParsers {
  readonly key: Parse | undefined
  readonly value: Parse
  /** For the keys that the pattern does not match. */
  readonly others: Exclude<Extras, object> | Parse
}

/** Returns the keys and values of a dictionary, unchanged, or `undefined` for other values. */
function entriesOf (input: unknown): Iterable<readonly [unknown, unknown]> | undefined {
  if (input instanceof Map) return input
  return isDictionary(input) ? keysOf(input).map(name => [name, input[name]]) : undefined
}

/** A dictionary with as many keys as it likes, whatever they are called, as most are. */
function parseFree (input: Record<string, unknown>, parse: Parse, pass: Pass, failFast: boolean): object | typeof FAIL {
  const dictionary = {}
  let whole = true
  const keys = keysOf(input)
  pass.trials?.pay(keys.length)
  for (const key of keys) {
    if (pass.full) return FAIL
    pass.path.push(key)
    const value = parse(input[key], pass)
    pass.path.pop()
    if (value === FAIL) {
      whole = false
      if (failFast) break
    } else {
      define(dictionary, key, value)
    }
  }
  return whole ? dictionary : FAIL
}

export function dictParser (shape: DictShape & Sized, parsers: DictParsers): Parse {
  const { min, max, as, keyPattern, failFast = false } = shape
  const isFree = as === 'object' && parsers.key === undefined && keyPattern === undefined && min === undefined && max === undefined
  return (input, pass) => {
    if (isFree && isDictionary(input)) return parseFree(input, parsers.value, pass, failFast)
    const sent = entriesOf(input)
    if (sent === undefined) return pass.refuse('dict_type', 'Input should be a valid dictionary', input)
    const entries = new Map<unknown, unknown>()
    const before = pass.issues.length
    let whole = true
    for (const [key, value] of sent) {
      if (pass.full) return FAIL
      pass.path.push(String(key))
      const entry = parseEntry(key, value, pass, failFast && !whole)
      pass.path.pop()
      if (entry === null) return FAIL
      if (entry === FAIL) whole = false
      else if (entry !== undefined) entries.set(entry[0], entry[1])
      if (max !== undefined && entries.size > max) {
        pass.forget(before)
        return tooLong(pass, 'Dictionary', max, null, input)
      }
    }
    if (!whole) return FAIL
    if (min !== undefined && entries.size < min) return tooShort(pass, 'Dictionary', min, entries.size, input)
    if (as === 'map') return entries
    const dictionary = {}
    for (const [key, value] of entries) define(dictionary, String(key), value)
    return dictionary
  }

  /**
   * @param isLast whether an entry before is invalid, and no more values are read
   * @returns `null` where no more entries are read. As in pydantic, that is found out behind a key.
   */
  function parseEntry (sent: unknown, input: unknown, pass: Pass, isLast: boolean): readonly [unknown, unknown] | typeof FAIL | null | undefined {
    const name = String(sent)
    let parse = parsers.value
    if (keyPattern !== undefined && !(name.length <= (keyPattern.longest ?? Infinity) && keyPattern.test(name))) {
      if (parsers.others === 'ignore') return undefined
      if (parsers.others === 'forbid') return pass.refuse('extra_forbidden', 'Extra inputs are not permitted', input)
      if (parsers.others === 'keep') return [sent, input]
      parse = parsers.others
    }
    let key = sent
    if (parsers.key !== undefined) {
      pass.path.push('[key]')
      key = parsers.key(sent, pass)
      pass.path.pop()
    }
    if (isLast || (failFast && key === FAIL)) return null
    const value = parse(input, pass)
    return key === FAIL || value === FAIL ? FAIL : [key, value]
  }
}
