/**
 * Writers of lists, sets, tuples and dictionaries. The parsers of `validation` walk them, and the parsed item is its JSON.
 *
 * @module
 */

import { FAIL, type Pass } from '../core/schema/issue.ts'
import { keysOf } from '../core/json/key-order.ts'
import { arrayParser, dictParser, setParser, tupleParser } from '../core/schema/parse-container.ts'
import type { ArrayShape, DictShape, SetShape, TupleShape } from '../core/schema/shape.ts'
import { writeKey, writeString } from './json-writer.ts'
import { isModel } from './write-object.ts'
import type { Write } from './write.ts'

/** Sets and generators count as lists. Strings, maps and bytes do not. */
function listOf (value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  if (value instanceof Map || ArrayBuffer.isView(value)) return value
  return Symbol.iterator in value ? [...value as Iterable<unknown>] : value
}

function list (parse: (value: unknown, pass: Pass) => unknown): Write {
  return (value, pass) => {
    const items = parse(listOf(value), pass)
    return items === FAIL ? FAIL : `[${[...items as Iterable<string>].join(',')}]`
  }
}

export function arrayWriter (shape: ArrayShape, item: Write): Write {
  return list(arrayParser(shape, item))
}

/** Members are equal if their JSON is. */
export function setWriter (shape: SetShape, item: Write): Write {
  return list(setParser(shape, item))
}

export function tupleWriter (shape: TupleShape, items: readonly Write[]): Write {
  return list(tupleParser(shape, items))
}

interface DictWriters {
  readonly key: Write | undefined
  readonly value: Write
  readonly others: Write | 'ignore'
}

export function dictWriter (shape: DictShape, { key = writeName, value, others }: DictWriters): Write {
  const parse = dictParser({ ...shape, as: 'map' }, { key, value, others })
  const isFree = key === writeName && shape.keyPattern === undefined && shape.min === undefined && shape.max === undefined
  return (input, pass) => {
    if (isFree && isModel(input) && !(input instanceof Map)) return writeFree(input, value, pass)
    const record = recordOf(input, key, pass)
    const entries = record === FAIL ? FAIL : parse(record, pass)
    if (entries === FAIL) return FAIL
    return `{${Array.from(entries as Map<string, string>, ([name, json]) => `${writeKey(name)}:${json}`).join(',')}}`
  }
}

/** A dictionary without limits on its keys, from an object, whose keys are all different: the common case. */
function writeFree (input: object, write: Write, pass: Pass): string | typeof FAIL {
  let json = ''
  let whole = true
  for (const name of keysOf(input)) {
    const part: unknown = Reflect.get(input, name)
    if (part === undefined) continue
    if (pass.full) return FAIL
    pass.path.push(name)
    const text = write(part, pass)
    pass.path.pop()
    if (text === FAIL) whole = false
    else json += `,${writeString(name)}:${text}`
  }
  return whole ? `{${json.slice(1)}}` : FAIL
}

function writeName (name: unknown): string {
  return writeString(String(name))
}

/** Returns the keys as they are written, without undefined values. `undefined` if the value is not a dictionary. */
function recordOf (input: unknown, key: Write, pass: Pass): unknown {
  if (!isModel(input)) return undefined
  const record: Record<string, unknown> = Object.create(null)
  for (const [name, value] of input instanceof Map ? input : Object.entries(input)) {
    if (value === undefined) continue
    const json = typeof name === 'string' ? writeString(name) : key(name, pass)
    if (json === FAIL) return FAIL
    record[JSON.parse(writeKey(json))] = value
  }
  return record
}
