/**
 * Writers of lists, sets, tuples and dictionaries. The parsers of `validation` walk them; what an item is parsed to, is its JSON.
 *
 * @module
 */

import { FAIL, type Pass } from '../internal/schema/issue.ts'
import { arrayParser, dictParser, setParser, tupleParser } from '../internal/schema/parse-container.ts'
import type { ArrayShape, DictShape, SetShape, TupleShape } from '../internal/schema/shape.ts'
import { writeKey, writeString } from './json-writer.ts'
import { isModel } from './write-object.ts'
import type { Write } from './write.ts'

/** Sets and generators are lists, too; a text, a map and bytes are not. */
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

/** Members are the same when their JSON is. */
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
  return (input, pass) => {
    const record = recordOf(input, key, pass)
    const entries = record === FAIL ? FAIL : parse(record, pass)
    if (entries === FAIL) return FAIL
    return `{${Array.from(entries as Map<string, string>, ([name, json]) => `${writeKey(name)}:${json}`).join(',')}}`
  }
}

function writeName (name: unknown): string {
  return writeString(String(name))
}

/** Keys as they are written; what is undefined is not there. `undefined` for what is no dictionary. */
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
