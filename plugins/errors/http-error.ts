/**
 * The errors that say what their answer is.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Answer, type Answering, kAnswer } from '../core/http/answer.ts'
import { APIKIT_ERR_HTTP_ERROR } from './errors.ts'
import { isSendable } from './headers.ts'
import { isBodiless, phrase } from './phrases.ts'

/** Headers of the answer. */
export type HttpErrorHeaders = Readonly<Record<string, string>>

/**
 * Ends the request with a status of your choice: `{"detail": …}`.
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
  /** What a client gets, as JSON Schema; a subclass may have its own. */
  static readonly schema: TSchema = Type.Object({ detail: Type.Any() }, { title: 'HttpError' })

  readonly status: number
  readonly detail: unknown
  readonly headers: HttpErrorHeaders | undefined

  /**
   * @param status 100–599
   * @param detail any JSON value; the phrase of the status unless given
   * @param headers of the answer
   * @param options `cause`, for the log only
   * @throws APIKIT_ERR_HTTP_ERROR when the status or a header cannot be sent
   */
  constructor (status: number, detail: unknown = phrase(status), headers?: HttpErrorHeaders, options?: ErrorOptions) {
    super(typeof detail === 'string' ? detail : phrase(status), options)
    if (!Number.isInteger(status) || status < 100 || status > 599) {
      throw new APIKIT_ERR_HTTP_ERROR(`${String(status)} is no status between 100 and 599`)
    }
    for (const [name, value] of Object.entries(headers ?? {})) {
      // The value is left out of the message: it may be what an attacker sent.
      if (!isSendable(name, value)) throw new APIKIT_ERR_HTTP_ERROR(`the header ${JSON.stringify(name)} cannot be sent`)
    }
    this.name = new.target.name
    this.status = status
    this.detail = detail
    this.headers = headers
  }

  /** The name under which Fastify looks for `status`. */
  get statusCode (): number {
    return this.status
  }

  [kAnswer] (): Answer {
    const { status, detail, headers } = this
    return { status, body: isBodiless(status) ? undefined : { detail }, headers }
  }
}

/** A class of errors of one status, with the schema of its answer. */
export interface HttpErrorClass {
  new (detail?: unknown, headers?: HttpErrorHeaders, options?: ErrorOptions): HttpError
  readonly prototype: HttpError
  /** The status of every error of this class. */
  readonly status: number
  /** What a client gets, as JSON Schema; a subclass may have its own. */
  readonly schema: TSchema
}

/**
 * Makes the base of a class of your own.
 *
 * ```ts
 * class TeapotEmpty extends httpError(418, 'TeapotEmpty') {}
 * throw new TeapotEmpty()
 * ```
 *
 * @param title the name of the component in the OpenAPI document
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

export class BadRequest extends httpError(400, 'BadRequest') {}
export class Unauthorized extends httpError(401, 'Unauthorized') {}
export class PaymentRequired extends httpError(402, 'PaymentRequired') {}
export class Forbidden extends httpError(403, 'Forbidden') {}
export class NotFound extends httpError(404, 'NotFound') {}
export class MethodNotAllowed extends httpError(405, 'MethodNotAllowed') {}
export class NotAcceptable extends httpError(406, 'NotAcceptable') {}
export class RequestTimeout extends httpError(408, 'RequestTimeout') {}
export class Conflict extends httpError(409, 'Conflict') {}
export class Gone extends httpError(410, 'Gone') {}
export class PreconditionFailed extends httpError(412, 'PreconditionFailed') {}
export class PayloadTooLarge extends httpError(413, 'PayloadTooLarge') {}
export class UnsupportedMediaType extends httpError(415, 'UnsupportedMediaType') {}
export class Teapot extends httpError(418, 'Teapot') {}
export class UnprocessableContent extends httpError(422, 'UnprocessableContent') {}
export class Locked extends httpError(423, 'Locked') {}
export class PreconditionRequired extends httpError(428, 'PreconditionRequired') {}
export class TooManyRequests extends httpError(429, 'TooManyRequests') {}
export class InternalServerError extends httpError(500, 'InternalServerError') {}
export class NotImplemented extends httpError(501, 'NotImplemented') {}
export class BadGateway extends httpError(502, 'BadGateway') {}
export class ServiceUnavailable extends httpError(503, 'ServiceUnavailable') {}
export class GatewayTimeout extends httpError(504, 'GatewayTimeout') {}
