/**
 * What is wrong with a response, told to the log and to nobody else.
 *
 * @module
 */

import type { FastifyError } from '@fastify/error'
import type { Issue } from '../core/schema/issue.ts'
import { APIKIT_ERR_RESPONSE } from './errors.ts'

/** One place of a response that does not fit its schema. */
export interface ResponseProblem {
  /** Where: `['response', 'items', 0, 'price']`. */
  readonly loc: ReadonlyArray<string | number>
  /** Stable name of the mistake: `missing`, `int_parsing` … */
  readonly type: string
  /** In words. */
  readonly msg: string
}

/** What is thrown for a response that does not fit its schema: an `APIKIT_ERR_RESPONSE` with the places. */
export interface ResponseError extends FastifyError {
  /** Not enumerable, so that it is in no answer made of the error's properties. */
  readonly problems: readonly ResponseProblem[]
}

/**
 * The words are those of the cause: Fastify's own handler shows an error's message, and loggers print its causes.
 * The values themselves are in neither.
 *
 * @param where the route and the status, for the log
 */
export function responseError (where: string, issues: readonly Issue[], thrown?: unknown): ResponseError {
  const problems = issues.map(({ type, loc, msg }): ResponseProblem => ({ loc, type, msg }))
  const words = problems.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ') || 'writing it failed'
  const cause = new Error(`${where}: ${words}`, thrown === undefined ? {} : { cause: thrown })
  return Object.defineProperty(new APIKIT_ERR_RESPONSE({ cause }), 'problems', { value: problems }) as unknown as ResponseError
}
