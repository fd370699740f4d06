import { type Answer, isAnswering, kAnswer } from '../core/http/answer.ts'
import { sendable } from './headers.ts'
import { HttpError } from './http-error.ts'
import { phrase } from './phrases.ts'

/** A class that a handler can be asked for, and the value it would get. */
export type Kind = readonly [kind: unknown, error: unknown]

/** Something thrown, and what we know of it. */
export interface Recognised {
  readonly thrown: unknown
  readonly answer: Answer
  /** Most special first. */
  readonly kinds: readonly Kind[]
  /** The value for a handler of the status, and whether there can be one. */
  readonly byStatus: readonly [error: unknown] | readonly []
}

/**
 * Sorts what was thrown into: an error that knows its answer, a refusal of Fastify's or of
 * another plugin's (it has a `statusCode`), and a failure of ours.
 */
export function recognise (thrown: unknown): Recognised {
  if (isAnswering(thrown)) {
    const answer = thrown[kAnswer]()
    // As in Starlette, a handler of the status is for HTTPException alone.
    return { thrown, answer, kinds: kindsOf(thrown), byStatus: thrown instanceof HttpError ? [thrown] : [] }
  }

  const status = statusOf(thrown)
  if (status < 500) {
    const { message, headers } = thrown as { message?: unknown, headers?: unknown }
    const error = new HttpError(status, String(message || phrase(status)), sendable(Object(headers)), { cause: thrown })
    return { thrown, answer: error[kAnswer](), kinds: [...kindsOf(thrown), [HttpError, error]], byStatus: [error] }
  }

  const { headers } = Object(thrown)
  const error = thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown', { cause: thrown })
  return {
    thrown,
    // The words of a failure stay here: they may name tables, hosts, secrets.
    answer: { status, body: { detail: phrase(status) }, headers: sendable(Object(headers)) },
    kinds: [...kindsOf(thrown), [Error, error]],
    byStatus: [error]
  }
}

/** The classes of an error, up to but not with `Error`, which stands for failures alone. */
function kindsOf (error: unknown): Kind[] {
  const kinds: Kind[] = []
  if (typeof error !== 'object' || error === null) return kinds
  let prototype: unknown = Object.getPrototypeOf(error)
  while (prototype !== null && prototype !== Error.prototype && prototype !== Object.prototype) {
    kinds.push([(prototype as object).constructor, error])
    prototype = Object.getPrototypeOf(prototype)
  }
  return kinds
}

function statusOf (thrown: unknown): number {
  const { statusCode, status } = Object(thrown)
  return [statusCode, status].find(code => Number.isInteger(code) && code >= 400 && code <= 599) ?? 500
}
