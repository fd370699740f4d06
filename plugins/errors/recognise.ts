import { FastifyError } from '@fastify/error'
import { type Answer, isAnswering, kAnswer } from '../core/http/answer.ts'
import { harmless } from './headers.ts'
import { HttpError } from './http-error.ts'
import { phrase } from './phrases.ts'

/** Class for which a handler may exist, and the value that it would get. */
export type Kind = readonly [kind: unknown, error: unknown]

/** Thrown value, with its response. */
export interface Recognised {
  readonly thrown: unknown
  readonly answer: Answer
  /** Most specific first. Computed on demand, since most scopes have no handlers. */
  readonly kinds: () => readonly Kind[]
  /** Value for a handler of the status; empty if such a handler does not apply. */
  readonly byStatus: readonly [error: unknown] | readonly []
  /** Status of an untrusted error, which is not sent. */
  readonly ignored: number | undefined
}

/** Returns whether an error of neither this package nor Fastify is trusted. */
export type Trusts = (error: unknown) => boolean

/** Returns the response to an error: its own if it is trusted, else a 500. */
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
  const error = thrown instanceof Error ? thrown : new Error('A value other than an Error was thrown. The cause has it', { cause: thrown })
  return { thrown, answer: { status, body: { detail }, headers }, kinds: () => [...kindsOf(thrown), [Error, error]], byStatus: [error], ignored }
}

/** Returns the classes of an error, without `Error`, which stands for failures. */
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

/** Recognises errors of Fastify and its plugins: made by @fastify/error, with a code of Fastify, or of a schema. */
function isFastifys (thrown: unknown): boolean {
  if (thrown instanceof FastifyError) return true
  const { code, validation, validationContext } = Object(thrown)
  const isOfSchema = Array.isArray(validation) && typeof validationContext === 'string'
  return (typeof code === 'string' && code.startsWith('FST_')) || isOfSchema || isRateLimits(thrown)
}

/** Recognises the error of @fastify/rate-limit by its message, since it is a plain `Error`. */
function isRateLimits (thrown: unknown): boolean {
  const { message, statusCode } = Object(thrown)
  if (![403, 429].includes(statusCode) || Object.getPrototypeOf(thrown) !== Error.prototype) return false
  return String(message).startsWith('Rate limit exceeded, retry in ')
}

/**
 * Recognises errors of http-errors, which @fastify/sensible and @fastify/static throw. By its class, of
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

/** Returns the message to send. That of a failure may name tables, hosts and secrets, and is only logged. `expose` of http-errors overrides this. */
function wordsOf (thrown: unknown, status: number): string {
  const { code, message, expose = status < 500 } = Object(thrown)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'Content Too Large'
  return expose === true && message ? String(message) : phrase(status)
}
