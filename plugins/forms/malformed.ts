/**
 * The answer to a body that is no form.
 *
 * @module
 */

import { APIKIT_ERR_FORM } from './errors.ts'

/** In FastAPI's words; the cause is in the log. */
export function malformed (cause?: unknown): Error {
  return Object.assign(new APIKIT_ERR_FORM('Invalid multipart data.'), cause !== undefined && { cause })
}
