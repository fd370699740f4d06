/**
 * What a command ends with when it cannot do its work.
 *
 * @module
 */

/** A wrong command, option or argument: one sentence and the usage, exit code 2. */
export class UsageError extends Error {}

/** Work that cannot be done, for a reason that the message tells: no stack trace, exit code 1. */
export class Failure extends Error {}

/** Throws an error as one whose message tells all. */
export function asFailure (error: unknown): never {
  throw Object.assign(new Failure(Object(error).message), { cause: error })
}

/**
 * Returns what a user needs to know of an error: the message alone where it tells what to do, the stack trace where
 * the code of the app has thrown.
 */
export function reportOf (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof Failure || code?.startsWith('APIKIT_ERR_') === true) return error.message
  const { stack, cause } = error
  return cause === undefined ? String(stack) : `${stack}\ncaused by ${reportOf(cause)}`
}
