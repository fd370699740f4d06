/**
 * Makes the error for an invalid form.
 *
 * @module
 */

import { APIKIT_ERR_FORM } from './errors.ts'

/** Returns an error with FastAPI's message. The cause is for the log. */
export function malformed (cause?: unknown): Error {
  return Object.assign(new APIKIT_ERR_FORM('Invalid multipart data.'), cause !== undefined && { cause })
}
