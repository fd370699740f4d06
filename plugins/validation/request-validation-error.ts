import type { FastifySchemaValidationError, SchemaErrorDataVar } from 'fastify/types/schema.js'
import { type Answer, type Answering, kAnswer } from '../core/http/answer.ts'
import { echo, messageOf } from './truncation.ts'
import type { Issue } from '../core/schema/issue.ts'
import { BrokenJson } from './body-text.ts'
import { contextOf, validationOf } from './fastify-validation.ts'

/** Format of the error response: FastAPI's, or problem details (RFC 9457). */
export type Format = 'fastapi' | 'problem'

/**
* Reports that a request does not fit the schemas of its route. Thrown before the handler runs. Change the response with
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
  /** Status of the response: 422, or the option `status`. */
  readonly statusCode: number
  /** Everything that is wrong, limited in size and without secrets. Can be sent to the client. */
  readonly issues: readonly Issue[]
  readonly #body: unknown
  readonly #format: Format

  /** @param body body of the request, available as `.body`, and never logged */
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

  /** Lists the issues, one per line. Computed on first use, since most of these errors are never logged. */
  override get message (): string {
    return messageOf(this.issues)
  }

  /** Body of the request, unredacted. FastAPI's `exc.body`. */
  get body (): unknown {
    return this.#body
  }

  /** Describes the first invalid part of the request in stock Fastify's format. `issues` describes all of them. */
  get validation (): FastifySchemaValidationError[] {
    return validationOf(this.issues)
  }

  /** Names the part of the request that `validation` describes, as stock Fastify does. */
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

/** Returns the issue of a body that is not valid JSON. It is the only issue of its response. */
export function jsonIssue ({ words, at }: BrokenJson): Issue {
  return { type: 'json_invalid', loc: ['body', at], msg: 'JSON decode error', input: {}, ctx: { error: words } }
}
