import type { Issue } from '../core/schema/issue.ts'
import { echo, messageOf } from './truncation.ts'

/**
 * Reports that a value does not fit the schema given to `parse()`. It has no status: if it is not caught, the response is
 * a 500 without details, and the log says what was wrong and where, without the values.
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

  /** Returns the issues as in a 422 response, limited in size and without secrets. A method, since loggers print properties. */
  errors (): readonly Issue[] {
    return this.#errors
  }
}
