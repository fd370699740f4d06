import { FastifyError } from '@fastify/error'
import { type Answer, isAnswering, kAnswer } from '../core/http/answer.ts'
import { harmless } from './headers.ts'
import { HttpError } from './http-error.ts'
import { phrase } from './phrases.ts'

/** A class that a handler can be asked for, and the value it would get. */
export type Kind = readonly [kind: unknown, error: unknown]

/** Something thrown, and what we know of it. */
export interface Recognised {
  readonly thrown: unknown
  readonly answer: Answer
  /** Most special first; made for the handlers that ask, which most scopes have none of. */
  readonly kinds: () => readonly Kind[]
  /** The value for a handler of the status, and whether there can be one. */
  readonly byStatus: readonly [error: unknown] | readonly []
  /** A status that the error has and that is not sent, since the error is not one of those that decide it. */
  readonly ignored: number | undefined
}

/** Whether an error that is neither ours nor Fastify's decides its answer. */
export type Trusts = (error: unknown) => boolean

/** Returns what is to be answered: what the error says, when it may decide that, else 500. */
export function recognise (thrown: unknown, trusts: Trusts): Recognised {
  if (isAnswering(thrown)) {
    const answer = thrown[kAnswer]()
    const kinds = (): Kind[] => kindsOf(thrown)
    // As in Starlette, a handler of the status is for HTTPException alone.
    if (thrown instanceof HttpError) return { thrown, answer, kinds, byStatus: [thrown], ignored: undefined }
    return { thrown, answer: { ...answer, headers: harmless(answer.headers) }, kinds, byStatus: [], ignored: undefined }
  }

  const own = statusOf(thrown)
  const decides = isFastifys(thrown) || isHttpErrors(thrown) || trusts(thrown)
  const status = (decides ? own : undefined) ?? 500
  const detail = decides ? wordsOf(thrown, status) : phrase(status)
  const headers = decides ? harmless(Object(thrown).headers) : undefined
  const ignored = decides ? undefined : own

  if (status < 500) {
    const error = new HttpError(status, detail, headers, { cause: thrown })
    return { thrown, answer: error[kAnswer](), kinds: () => [...kindsOf(thrown), [HttpError, error]], byStatus: [error], ignored }
  }
  const error = thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown', { cause: thrown })
  return { thrown, answer: { status, body: { detail }, headers }, kinds: () => [...kindsOf(thrown), [Error, error]], byStatus: [error], ignored }
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

/** An error of Fastify or of one of its plugins: made by @fastify/error, or with a code of Fastify's, or of a schema. */
function isFastifys (thrown: unknown): boolean {
  if (thrown instanceof FastifyError) return true
  const { code, validation, validationContext } = Object(thrown)
  const isOfSchema = Array.isArray(validation) && typeof validationContext === 'string'
  return (typeof code === 'string' && code.startsWith('FST_')) || isOfSchema || isRateLimits(thrown)
}

/** The one error of @fastify/rate-limit is a bare `Error`, and all that tells it from others is what it says. */
function isRateLimits (thrown: unknown): boolean {
  const { message, statusCode } = Object(thrown)
  if (![403, 429].includes(statusCode) || Object.getPrototypeOf(thrown) !== Error.prototype) return false
  return String(message).startsWith('Rate limit exceeded, retry in ')
}

/**
 * An error of a class of the package http-errors, which @fastify/sensible and @fastify/static throw. By its class, of
 * which there may be several copies: its fields (`expose`, `status`) are on errors of HTTP clients, too.
 */
function isHttpErrors (thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const { super_: base }: { super_?: unknown } = thrown.constructor as object
  return typeof base === 'function' && base.name === 'HttpError' && thrown instanceof base
}

function statusOf (thrown: unknown): number | undefined {
  const { statusCode, status } = Object(thrown)
  return [statusCode, status].find(code => Number.isInteger(code) && code >= 400 && code <= 599)
}

/** The words of a failure stay in the log, as they may name tables, hosts, secrets; `expose` of http-errors may say otherwise. */
function wordsOf (thrown: unknown, status: number): string {
  const { code, message, expose = status < 500 } = Object(thrown)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'Content Too Large'
  return expose === true && message ? String(message) : phrase(status)
}
