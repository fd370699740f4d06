/**
 * The errors of PostgreSQL that a value from outside can cause, and what a client is told of them. All others of class 22
 * are the statement's own: a division by zero, a window frame, a path into JSON.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

import type { ValueFault } from '../violations.ts'

const FAULTS: Readonly<Record<ValueFault, readonly string[]>> = {
  // Numbers; days and instants; the displacement of a time zone; intervals.
  out_of_range: ['22003', '22008', '22009', '22015'],
  // Text; bits; what is too large for its type or for an index; too many members of JSON.
  too_long: ['22001', '22026', '54000', '2203D', '2203E'],
  // U+0000, and what the encoding of the database lacks.
  invalid_character: ['22021', '22P05'],
  invalid_value: [
    '22P02', '22007', '22018', // text that is no uuid, number, day …
    '22023', // an argument of a function: the name of a time zone
    '2201W', '2201X', '22011', // a negative limit, offset or length
    '22025', '2201B', // the pattern of `like` or `~`
    '22030', '22031', '22032', '22037', // JSON
    '2200L', '2200M', '2200N', '2200S', '2200T' // XML
  ]
}

const BY_CODE = new Map<unknown, ValueFault>(Object.entries(FAULTS).flatMap(([fault, codes]) => codes.map(code => [code, fault as ValueFault] as const)))

/** Returns what is wrong with a value; `undefined` when none is. */
export function valueFault (code: unknown): ValueFault | undefined {
  return BY_CODE.get(code)
}
