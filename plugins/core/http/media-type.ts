/**
 * Reads the content type of a request.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'

export const MULTIPART = 'multipart/form-data'
export const URLENCODED = 'application/x-www-form-urlencoded'

/** Returns the content type of a body in lower case, without parameters. Empty if it is missing. */
export function mediaTypeOf ({ headers }: FastifyRequest): string {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
