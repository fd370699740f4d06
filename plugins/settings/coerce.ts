import { membersOf, type Schema } from './schema.ts'

// FastAPI's spellings of a bool, in any case: https://docs.pydantic.dev/latest/api/standard_library_types/#booleans
const TRUE = new Set(['1', 't', 'y', 'true', 'yes', 'on'])
const FALSE = new Set(['0', 'f', 'n', 'false', 'no', 'off'])

/** Converts the text of a variable to the type of its schema. A text of another type stays text, so that validation reports it. */
export function coerce (schema: Schema, text: string): unknown {
  for (const member of membersOf(schema)) {
    const value = read(member, text)
    if (value !== undefined) return value
  }
  return text
}

/** Returns `undefined` if the text is not of this type. */
function read (schema: Schema, text: string): unknown {
  const { type } = schema
  if (schema.const !== undefined || schema.enum !== undefined) {
    return [schema.const, ...schema.enum ?? []].find(value => value !== undefined && String(value) === text)
  }
  if (type === 'string') return text
  if (type === 'null') return ['null', 'none'].includes(text.toLowerCase()) ? null : undefined
  if (type === 'boolean') return TRUE.has(text.toLowerCase()) ? true : FALSE.has(text.toLowerCase()) ? false : undefined
  if (type === 'integer') return safe(number(text, /^[+-]?\d+(_\d+)*(\.0+)?$/))
  if (type === 'number') return number(text, /^[+-]?(\d+(_\d+)*\.?\d*|\.\d+)(e[+-]?\d+)?$/i)
  if (type === 'array') return array(schema.items ?? {}, text)
  return json(text)
}

function number (text: string, shape: RegExp): number | undefined {
  const trimmed = text.trim()
  return shape.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : undefined
}

/** Beyond it, JavaScript would take a number beside it. */
function safe (value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined
}

/** `["a","b"]` or `a, b`. An empty text is an empty list. */
function array (items: Schema, text: string): unknown {
  if (text.trim().startsWith('[')) return json(text)
  return text.trim() === '' ? [] : text.split(',').map(item => coerce(items, item.trim()))
}

function json (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
