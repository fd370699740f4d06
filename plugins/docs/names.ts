/**
 * Names as FastAPI makes them: titles, summaries and ids of operations.
 *
 * @module
 */

import type { FastifySchema } from 'fastify'

/** Letters as Python's `str.title()` sets them: the first of each run of letters is large, the rest are small. */
export function titleCase (text: string): string {
  return text.replaceAll('_', ' ').replaceAll(/\p{L}+/gu, word => {
    const [first = '', ...rest] = word
    return first.toUpperCase() + rest.join('').toLowerCase()
  })
}

/** What Python takes for no letter of a word, one by one. */
const NO_WORD = /[^\p{L}\p{N}_]/gu

/** `readItems`, `Read Items` → `read_items`. */
function snakeCase (text: string): string {
  return text.replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2').replaceAll(/[^\p{L}\p{N}_]+/gu, '_').replaceAll(/^_|_$/g, '').toLowerCase()
}

/** What `(…) => …` and `{ handler: … }` are called. */
const NAMELESS = new Set(['', 'handler', 'anonymous'])

/** What the id of an operation is made of. */
export interface IdentifiedOperation {
  /** The name of the handler function, else the summary, else empty; in snake case: `read_items`. */
  readonly name: string
  /** In lower case. */
  readonly method: string
  /** As it stands in the document: `/items/{id}`. */
  readonly path: string
  /** Those of the scopes above, then its own. */
  readonly tags: readonly string[]
  readonly schema: FastifySchema
}

/** @param called the name of the function that handles it */
export function nameOf (called: string, { summary }: FastifySchema): string {
  const own = called.replace(/^bound /, '')
  return snakeCase(NAMELESS.has(own) ? summary ?? '' : own)
}

/**
 * The id that FastAPI gives an operation, made of its name, its path and its method:
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

/** A text as it was meant, not as it is set in the source: without its indentation, and without what follows a form feed. */
export function cleanText (text: string): string {
  const [shown = ''] = text.split('\f')
  const [first = '', ...rest] = shown.replaceAll('\t', '        ').split('\n')
  const indents = rest.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length)
  const indent = indents.length === 0 ? 0 : Math.min(...indents)
  return [first.trimStart(), ...rest.map(line => line.slice(indent))].join('\n').trim()
}
