/**
 * Names as FastAPI makes them: titles, summaries and ids of operations.
 *
 * @module
 */

import type { RouteOptions } from 'fastify'

/** Letters as Python's `str.title()` sets them: the first of each run of letters is large, the rest are small. */
export function titleCase (text: string): string {
  return text.replaceAll('_', ' ').replaceAll(/\p{L}+/gu, word => {
    const [first = '', ...rest] = word
    return first.toUpperCase() + rest.join('').toLowerCase()
  })
}

/** `readItems`, `Read Items` → `read_items`. */
function snakeCase (text: string): string {
  return text.replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2').replaceAll(/\W+/g, '_').replaceAll(/^_|_$/g, '').toLowerCase()
}

/** What `(…) => …` and `{ handler: … }` are called. */
const NAMELESS = new Set(['', 'handler', 'anonymous'])

export interface OperationNames {
  readonly summary: string
  readonly operationId: string
}

/**
 * The summary and the id of an operation. What FastAPI makes them of, the name of the function, is here that of the
 * handler, or the summary, or nothing: then both are made of the method and the path.
 *
 * @param path as it stands in the document
 * @param method in lower case
 */
export function namesOf ({ schema, handler }: RouteOptions, path: string, method: string): OperationNames {
  const { summary, operationId } = schema ?? {}
  const called = handler.name.replace(/^bound /, '')
  const name = snakeCase(NAMELESS.has(called) ? summary ?? '' : called)
  const unique = `${name}${path}_${method}`.replaceAll(/\W/g, '_').replace(/^_+/, '')
  return {
    summary: summary ?? titleCase(name === '' ? snakeCase(`${method} ${path}`) : name),
    operationId: operationId ?? unique
  }
}
