import type { FastifySchemaValidationError, SchemaErrorDataVar } from 'fastify/types/schema.js'
import { type Answer, type Answering, kAnswer } from '../core/http/answer.ts'
import { echo, messageOf } from './truncation.ts'
import type { Issue } from '../core/schema/issue.ts'
import { BrokenJson } from './body-text.ts'
import { contextOf, validationOf } from './fastify-validation.ts'

/** How the answer to a wrong request is written. */
export type Format = 'fastapi' | 'problem'

/**
 * A request does not fit the schemas of its route. Thrown before the handler runs; `app.handle` of
 * `fastify-apikit/errors`, or an error handler of your own, may answer it otherwise.
 *
 * @example
 * ```ts
 * app.handle(RequestValidationError, (error, request, reply) => {
 *   reply.code(400)
 *   return { detail: error.issues, body: error.body }
 * })
 * ```
 * @see https://fastapi.tiangolo.com/tutorial/handling-errors/#override-request-validation-exceptions
 */
export class RequestValidationError extends Error implements Answering {
  readonly code = 'APIKIT_ERR_VALIDATION'
  /** 422, unless the plugin was given another. */
  readonly statusCode: number
  /** All that is wrong, bounded: it can be sent. */
  readonly issues: readonly Issue[]
  readonly #body: unknown
  readonly #format: Format

  /** @param body what was sent as the body; it is shown to who asks for `.body`, and in no log */
  constructor (issues: readonly Issue[], { body, status = 422, format = 'fastapi', hideInput = false }: { body?: unknown, status?: number, format?: Format, hideInput?: boolean } = {}) {
    // A client's mistake is no bug of ours: the stack would say nothing, and takes most of the time.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    const sent = echo(issues, hideInput)
    super()
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'RequestValidationError'
    this.statusCode = status
    this.issues = sent
    this.#body = body
    this.#format = format
  }

  /** Written when it is asked for: most of these errors are answered and forgotten. */
  override get message (): string {
    return messageOf(this.issues)
  }

  /** What was sent as the body; FastAPI's `exc.body`. */
  get body (): unknown {
    return this.#body
  }

  /** As stock Fastify's: what is wrong with the first part of the request that is. `issues` has all. */
  get validation (): FastifySchemaValidationError[] {
    return validationOf(this.issues)
  }

  /** As stock Fastify's: the part of the request that `validation` is about. */
  get validationContext (): SchemaErrorDataVar {
    return contextOf(this.issues)
  }

  [kAnswer] (): Answer {
    const { statusCode: status, issues } = this
    if (this.#format === 'fastapi') return { status, body: { detail: issues } }
    return {
      status,
      contentType: 'application/problem+json',
      body: { type: 'about:blank', title: 'Validation Error', status, detail: this.message, errors: issues }
    }
  }
}

/** The issue of a body that is no JSON: nothing else of the request is looked at then. */
export function jsonIssue ({ words, at }: BrokenJson): Issue {
  return { type: 'json_invalid', loc: ['body', at], msg: 'JSON decode error', input: {}, ctx: { error: words } }
}
