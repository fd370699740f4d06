/**
 * How FastAPI has failed, where it answers with 500: `fault_of` of `app.py`.
 *
 * @module
 */

import type { Issue } from '../departures.ts'
import type { Answer } from '../exchange.ts'

export interface Fault {
  /** The class of the exception. */
  readonly type: string
  readonly message: string
  /** Of a returned value that does not fit, or of the 422 that could not be written. */
  readonly issues: readonly Issue[] | null
}

/** Whether FastAPI could not write an answer as JSON: NaN, infinities, halves of surrogate pairs, bytes that are not UTF-8. */
export function isUnwritable ({ type, message }: Fault): boolean {
  if (type === 'PydanticSerializationError') return message.includes('UnicodeEncodeError')
  return type === 'UnicodeEncodeError' || type === 'UnicodeDecodeError' || (type === 'ValueError' && message.startsWith('Out of range float values are not JSON compliant'))
}

/** The header in which an app of this project says what is wrong with a returned value. */
export const FAULT_HEADER = 'parity-fault'

/** What is wrong with a value that is not sent here; nothing if that is not why it is not. */
export function returnedFaultOf ({ headers }: Answer): ReadonlyArray<Pick<Issue, 'type' | 'loc'>> {
  const sent = headers.find(([name]) => name === FAULT_HEADER)?.[1]
  return sent === undefined ? [] : JSON.parse(Buffer.from(sent, 'base64').toString())
}
