/**
 * What is thrown may be anything: an object without a prototype, as those of queries are, has no text, and asking for it throws.
 *
 * @module
 */

/** Returns the text of something thrown, with its stack where it has one; never throws. */
export function textOfThrown (thrown: unknown): string {
  try {
    return String(Object(thrown).stack ?? thrown)
  } catch {
    return 'A value was thrown that has no text'
  }
}

/** Returns an `Error` that can be handed on: the one that was thrown, or one that has what was thrown as its `cause`. */
export function toError (thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(textOfThrown(thrown), { cause: thrown })
  try {
    // Streams of Node.js look at it.
    Reflect.get(thrown, 'stack')
    return thrown
  } catch {
    return new Error('A value was thrown that has no stack', { cause: thrown })
  }
}

/** Returns what Fastify takes for an error. What is falsy, such as the `undefined` of a bare `reject()`, is none to it: the request would go on. */
export function raised (thrown: unknown): Error {
  return thrown ? thrown as Error : new Error(`${String(thrown)} was thrown`, { cause: thrown })
}
