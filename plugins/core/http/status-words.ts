/**
 * What a status says of itself in a document, as in FastAPI's.
 *
 * @module
 */

import { STATUS_CODES } from 'node:http'

const RANGES: Readonly<Record<string, string>> = {
  '1XX': 'Information', '2XX': 'Success', '3XX': 'Redirection', '4XX': 'Client Error', '5XX': 'Server Error', DEFAULT: 'Default Response'
}

/** Returns the description of a status, of a range such as `4XX`, or of `default`. */
export function wordsOfStatus (status: string): string {
  return RANGES[status.toUpperCase()] ?? STATUS_CODES[status] ?? 'Additional Response'
}

/** Returns whether it can be a key of `schema.response`. */
export function isStatusKey (status: string): boolean {
  return /^([1-5]\d\d|[1-5]xx|default)$/i.test(status)
}
