/**
 * Creates names as FastAPI does: titles, summaries and operation IDs.
 *
 * @module
 */

import type { FastifySchema } from 'fastify'

/** As Python's `str.title()`: the first letter of each word is upper case, the others are lower case. */
export function titleCase (text: string): string {
  return text.replaceAll('_', ' ').replaceAll(/\p{L}+/gu, word => {
    const [first = '', ...rest] = word
    return first.toUpperCase() + rest.join('').toLowerCase()
  })
}

/** Characters that are not part of a word in Python. */
const NO_WORD = /[^\p{L}\p{N}_]/gu

/** `readItems`, `Read Items` → `read_items`. */
function snakeCase (text: string): string {
  return text.replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2').replaceAll(/[^\p{L}\p{N}_]+/gu, '_').replaceAll(/^_|_$/g, '').toLowerCase()
}

/** Names of anonymous functions: `(…) => …` and `{ handler: … }`. */
const NAMELESS = new Set(['', 'handler', 'anonymous'])

/** Argument of `generateUniqueId`. */
export interface IdentifiedOperation {
  /** Name of the handler function, or the summary, or empty. In snake case: `read_items`. */
  readonly name: string
  /** Lower case. */
  readonly method: string
  /** As in the document: `/items/{id}`. */
  readonly path: string
  /** Tags of the scopes above, then those of the route. */
  readonly tags: readonly string[]
  readonly schema: FastifySchema
}

/** @param called Name of the handler function. */
export function nameOf (called: string, { summary }: FastifySchema): string {
  const own = called.replace(/^bound /, '')
  return snakeCase(NAMELESS.has(own) ? summary ?? '' : own)
}

/**
 * Returns the operation ID as FastAPI does, from name, path and method:
 * `read_item_items__item_id__get`.
 *
 * @see https://fastapi.tiangolo.com/advanced/generate-clients/
 */
export function generateUniqueId ({ name, path, method }: IdentifiedOperation): string {
  return `${name}${path}_${method}`.replaceAll(NO_WORD, '_').replace(/^_+/, '')
}

export function summaryOf ({ name, path, method, schema: { summary } }: IdentifiedOperation): string {
  return summary ?? titleCase(name === '' ? snakeCase(`${method} ${path}`) : name)
}

/** Removes the indentation of a text, and what follows a form feed. */
export function cleanText (text: string): string {
  const [shown = ''] = text.split('\f')
  const [first = '', ...rest] = shown.replaceAll('\t', '        ').split('\n')
  const indents = rest.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length)
  const indent = indents.length === 0 ? 0 : Math.min(...indents)
  return [first.trimStart(), ...rest.map(line => line.slice(indent))].join('\n').trim()
}
