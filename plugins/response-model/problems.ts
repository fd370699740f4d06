/**
 * Describes what is wrong with a response, for the log only.
 *
 * @module
 */

import type { FastifyError } from '@fastify/error'
import type { Issue } from '../core/schema/issue.ts'
import { APIKIT_ERR_RESPONSE } from './errors.ts'

/** One place of a response that does not match its schema. */
export interface ResponseProblem {
  /** Path: `['response', 'items', 0, 'price']`. */
  readonly loc: ReadonlyArray<string | number>
  /** Stable code of the problem: `missing`, `int_parsing` … */
  readonly type: string
  /** Description. */
  readonly msg: string
}

/** The error for a response that does not match its schema: an `APIKIT_ERR_RESPONSE` with the places. */
export interface ResponseError extends FastifyError {
  /** Not enumerable, so that no response made of the error's properties has it. */
  readonly problems: readonly ResponseProblem[]
}

/**
 * The details are in the cause: Fastify's own error handler sends an error's message, and loggers print its causes. The values
 * themselves are in neither.
 *
 * @param where Route and status, for the log.
 */
export function responseError (where: string, issues: readonly Issue[], thrown?: unknown): ResponseError {
  const problems = issues.map(({ type, loc, msg }): ResponseProblem => ({ loc, type, msg }))
  const words = problems.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ') || 'writing it failed'
  const cause = new Error(`${where}: ${words}`, thrown === undefined ? {} : { cause: thrown })
  return Object.defineProperty(new APIKIT_ERR_RESPONSE({ cause }), 'problems', { value: problems }) as unknown as ResponseError
}
