/**
 * Errors with a status, for handlers and dependencies to throw.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Answer, type Answering, kAnswer } from '../core/http/answer.ts'
import { APIKIT_ERR_HTTP_ERROR } from './errors.ts'
import { isSendable } from './headers.ts'
import { isBodiless, phrase } from './phrases.ts'

/** Headers of the response. */
export type HttpErrorHeaders = Readonly<Record<string, string>>

/**
 * Ends the request with a status and `{"detail": …}`.
 *
 * ```ts
 * throw new HttpError(404, 'Item not found', { 'x-error': 'There goes my error' })
 * ```
 *
 * Statuses 1xx, 204, 205 and 304 are sent without a body.
 *
 * @see https://fastapi.tiangolo.com/tutorial/handling-errors/#use-httpexception
 */
export class HttpError extends Error implements Answering {
  /** JSON Schema of the response body. A subclass may replace it. */
  static readonly schema: TSchema = Type.Object({ detail: Type.Any() }, { title: 'HttpError' })

  /** Stable code, never sent: `APIKIT_HTTP_404`. A subclass may replace it. */
  readonly code: string
  /** Status of the response. */
  readonly status: number
  /** Value of `detail` in the response. */
  readonly detail: unknown
  /** Headers of the response. */
  readonly headers: HttpErrorHeaders | undefined

  /**
   * @param status 100–599
   * @param detail any JSON value, by default the phrase of the status
   * @param headers headers of the response
   * @param options `cause`, for the log only
   * @throws APIKIT_ERR_HTTP_ERROR when the status or a header is invalid
   */
  constructor (status: number, detail: unknown = phrase(status), headers?: HttpErrorHeaders, options?: ErrorOptions) {
    super(typeof detail === 'string' ? detail : phrase(status), options)
    if (!Number.isInteger(status) || status < 100 || status > 599) {
      throw new APIKIT_ERR_HTTP_ERROR(`status must be an integer from 100 to 599, got ${String(status)}`)
    }
    for (const [name, value] of Object.entries(headers ?? {})) {
      // The value is left out of the message: it may be what an attacker sent.
      if (!isSendable(name, value)) throw new APIKIT_ERR_HTTP_ERROR(`invalid header ${JSON.stringify(name)}. The name must be a token, the value a string without CR, LF or NUL`)
    }
    this.name = new.target.name
    this.code = `APIKIT_HTTP_${status}`
    this.status = status
    this.detail = detail
    this.headers = headers
  }

  /** Returns `status`, under the name that Fastify reads. */
  get statusCode (): number {
    return this.status
  }

  [kAnswer] (): Answer {
    const { status, detail, headers } = this
    return { status, body: isBodiless(status) ? undefined : { detail }, headers }
  }
}

/** Class of errors with a fixed status, and the schema of their response. */
export interface HttpErrorClass {
  new (detail?: unknown, headers?: HttpErrorHeaders, options?: ErrorOptions): HttpError
  readonly prototype: HttpError
  /** Status of all errors of this class. */
  readonly status: number
  /** JSON Schema of the response body. A subclass may replace it. */
  readonly schema: TSchema
}

/**
 * Returns a base class for errors with this status.
 *
 * ```ts
 * class TeapotEmpty extends httpError(418, 'TeapotEmpty') {}
 * throw new TeapotEmpty()
 * ```
 *
 * @param status status of all errors of the class, 100–599
 * @param title name of the schema component in the OpenAPI document
 */
export function httpError (status: number, title: string): HttpErrorClass {
  return class extends HttpError {
    static readonly status = status
    static override readonly schema: TSchema = Type.Object(
      { detail: Type.String({ examples: [phrase(status)] }) },
      { title, description: phrase(status) }
    )

    constructor (detail?: unknown, headers?: HttpErrorHeaders, options?: ErrorOptions) {
      super(status, detail, headers, options)
    }
  }
}

/** Ends the request with status 400. */
export class BadRequest extends httpError(400, 'BadRequest') {}
/** Ends the request with status 401. `headers` should hold a `WWW-Authenticate`. */
export class Unauthorized extends httpError(401, 'Unauthorized') {}
/** Ends the request with status 402. */
export class PaymentRequired extends httpError(402, 'PaymentRequired') {}
/** Ends the request with status 403. */
export class Forbidden extends httpError(403, 'Forbidden') {}
/** Ends the request with status 404. */
export class NotFound extends httpError(404, 'NotFound') {}
/** Ends the request with status 405. `headers` should hold an `Allow`. */
export class MethodNotAllowed extends httpError(405, 'MethodNotAllowed') {}
/** Ends the request with status 406. */
export class NotAcceptable extends httpError(406, 'NotAcceptable') {}
/** Ends the request with status 408. */
export class RequestTimeout extends httpError(408, 'RequestTimeout') {}
/** Ends the request with status 409. */
export class Conflict extends httpError(409, 'Conflict') {}
/** Ends the request with status 410. */
export class Gone extends httpError(410, 'Gone') {}
/** Ends the request with status 412. */
export class PreconditionFailed extends httpError(412, 'PreconditionFailed') {}
/** Ends the request with status 413. */
export class PayloadTooLarge extends httpError(413, 'PayloadTooLarge') {}
/** Ends the request with status 415. */
export class UnsupportedMediaType extends httpError(415, 'UnsupportedMediaType') {}
/** Ends the request with status 418. */
export class Teapot extends httpError(418, 'Teapot') {}
/** Ends the request with status 422. */
export class UnprocessableContent extends httpError(422, 'UnprocessableContent') {}
/** Ends the request with status 423. */
export class Locked extends httpError(423, 'Locked') {}
/** Ends the request with status 428. */
export class PreconditionRequired extends httpError(428, 'PreconditionRequired') {}
/** Ends the request with status 429. `headers` should hold a `Retry-After`. */
export class TooManyRequests extends httpError(429, 'TooManyRequests') {}
/** Ends the request with status 500. Unlike an unexpected error it sends its detail. */
export class InternalServerError extends httpError(500, 'InternalServerError') {}
/** Ends the request with status 501. */
export class NotImplemented extends httpError(501, 'NotImplemented') {}
/** Ends the request with status 502. */
export class BadGateway extends httpError(502, 'BadGateway') {}
/** Ends the request with status 503. `headers` may hold a `Retry-After`. */
export class ServiceUnavailable extends httpError(503, 'ServiceUnavailable') {}
/** Ends the request with status 504. */
export class GatewayTimeout extends httpError(504, 'GatewayTimeout') {}
