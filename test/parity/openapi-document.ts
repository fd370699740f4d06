/**
 * What of an OpenAPI document is compared: all but names and descriptions that FastAPI derives from Python's.
 *
 * @module
 */

import { STATUS_CODES } from 'node:http'

const DERIVED = new Set(['title', 'summary', 'operationId'])

/** Objects whose keys are names that the app gave, so that a property `title` stays. */
const NAMED = new Set([
  'properties', 'patternProperties', '$defs', 'dependentSchemas', 'paths', 'webhooks', 'callbacks', 'schemas', 'responses', 'parameters',
  'requestBodies', 'headers', 'securitySchemes', 'examples', 'links', 'content', 'encoding', 'scopes', 'mapping', 'variables'
])

/** Values that are data, not description. */
const DATA = new Set(['default', 'example', 'examples', 'enum', 'const', 'value'])

const DESCRIPTIONS = new Set([
  'Successful Response', 'Validation Error', 'Additional Response', 'Information', 'Success', 'Redirection', 'Client Error', 'Server Error',
  'Default Response', ...Object.values(STATUS_CODES)
])

export function isOpenapi (json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'openapi' in json && 'paths' in json
}

/** The names of the properties that are sets: FastAPI writes them in the order of a hash. */
export function setsOf (document: unknown, into = new Set<string>()): Set<string> {
  if (typeof document !== 'object' || document === null) return into
  for (const [name, part] of Object.entries(document)) {
    if (typeof part === 'object' && part?.uniqueItems === true) into.add(name)
    setsOf(part, into)
  }
  return into
}

/** A copy without what FastAPI derives. */
export function comparable (document: unknown): unknown {
  return strip(document, false, false)
}

/**
 * @param isNames its keys are names, not keywords
 * @param isResponse its description may be FastAPI's own
 */
function strip (value: unknown, isNames: boolean, isResponse: boolean, inResponses = false): unknown {
  if (Array.isArray(value)) return value.map(item => strip(item, false, false))
  if (typeof value !== 'object' || value === null) return value
  const kept: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(value)) {
    if (isNames) kept[key] = strip(part, false, inResponses)
    else if (DATA.has(key) && !isNamed(key, part)) kept[key] = part
    else if (DERIVED.has(key) && typeof part === 'string') continue
    else if (isResponse && key === 'description' && DESCRIPTIONS.has(String(part))) continue
    else kept[key] = strip(part, isNamed(key, part), false, key === 'responses')
  }
  return kept
}

/** `examples` is a list of values in a schema, and named objects elsewhere, which hold no derived names. */
function isNamed (key: string, part: unknown): boolean {
  return NAMED.has(key) && !Array.isArray(part) && key !== 'examples'
}
