import { STATUS_CODES } from 'node:http'

// Where Python's http.HTTPStatus, whose words FastAPI sends, is not of Node's opinion
// (Python 3.11; https://docs.python.org/3.11/library/http.html#http.HTTPStatus).
const PYTHON: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested Range Not Satisfiable'
}

/** Returns the phrase of a status: `phrase(404)` is `'Not Found'`. */
export function phrase (status: number): string {
  return PYTHON[status] ?? STATUS_CODES[status] ?? 'Unknown'
}

/** Returns whether a response of this status has no body (RFC 9110 §6.4.1, §15.3.6). */
export function isBodiless (status: number): boolean {
  return status < 200 || status === 204 || status === 205 || status === 304
}
