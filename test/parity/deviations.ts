/**
 * Where an answer differs from the recorded one, beyond the departures by rule: each with its reason.
 * One that no longer differs fails the tests.
 *
 * @module
 */

import type { Row } from './departure-rows.ts'

export interface Deviation {
  readonly table: 'coercion-strings' | 'coercion-json' | 'edge-cases' | 'scenarios'
  /** The type; `POST /item` of an edge case; the app of a scenario. */
  readonly type: string
  /** The input as JSON; the headers and the body of an edge case; the step of a scenario, `GET /items/`. */
  readonly input: string
  readonly reason: string
  /** Of the table in the README. */
  readonly row: Row
}

const NOT_WRITTEN = 'FastAPI finds the number wrong as well, but cannot write its own answer, which echoes it'
export const DEVIATIONS: readonly Deviation[] = [
  { table: 'coercion-json', type: 'IPv4Address', input: '1000.0', reason: 'a float is no address; to JSON.parse 1000.0 is the integer 1000', row: 'whole' },
  { table: 'edge-cases', type: 'POST /scalar', input: '[["content-type","application/json"]] NaN', reason: NOT_WRITTEN, row: 'unwritable' },
  { table: 'edge-cases', type: 'POST /scalar', input: '[["content-type","application/json"]] Infinity', reason: NOT_WRITTEN, row: 'unwritable' },
  { table: 'edge-cases', type: 'POST /item', input: '[["content-type","foo"]] {"name":"a","price":1}', reason: 'Fastify itself refuses a content type that is none', row: 'contentType' }
]

/** The deviations of a table by `type input`. */
export function deviationsOf (table: Deviation['table']): Map<string, Deviation> {
  return new Map(DEVIATIONS.filter(deviation => deviation.table === table).map(deviation => [`${deviation.type} ${deviation.input}`, deviation]))
}
