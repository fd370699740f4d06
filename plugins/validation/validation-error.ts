import type { Issue } from '../core/schema/issue.ts'
import { echo, messageOf } from './truncation.ts'

/**
 * A value that `parse` was given does not fit its schema. It says no status: where nobody catches it, the answer is
 * a 500 that shows nothing, and the log has what was wrong where, without the values.
 *
 * @example
 * ```ts
 * try {
 *   return parse(Item, value)
 * } catch (error) {
 *   if (error instanceof ValidationError) throw new UnprocessableContent(error.errors())
 *   throw error
 * }
 * ```
 */
export class ValidationError extends Error {
  readonly code = 'APIKIT_ERR_VALUE'
  readonly #errors: readonly Issue[]

  constructor (issues: readonly Issue[]) {
    const errors = echo(issues)
    // Fastify's own handler shows the message of an error, and loggers print its causes.
    super('The value does not fit its schema', { cause: new Error(messageOf(errors)) })
    this.name = 'ValidationError'
    this.#errors = errors
  }

  /** All that is wrong, as in the answer to a wrong request, and bounded as that is: it can be sent. A method, for loggers print properties. */
  errors (): readonly Issue[] {
    return this.#errors
  }
}
