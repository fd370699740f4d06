/**
 * What spans and metrics say of an error. It may be anything, and reading it may throw: never here.
 *
 * @module
 */

import type { Span } from '@opentelemetry/api'
import type { Api } from './providers.ts'

/** Marks a span as failed, unless the error is an answer to a mistake of the client. Messages of errors may hold values of the request, and are left to the log. */
export function fail ({ SpanStatusCode }: Api, span: Span, error: unknown): void {
  if (isMistakeOfClient(error)) return
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', typeOf(error))
}

/** A code, if it is one that a programmer has given; else the class. */
export function typeOf (error: unknown): string {
  try {
    const { code, constructor } = Object(error)
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code
    return typeof constructor === 'function' ? constructor.name : '_OTHER'
  } catch {
    return '_OTHER'
  }
}

function isMistakeOfClient (error: unknown): boolean {
  try {
    return Number(Object(error).statusCode) < 500
  } catch {
    return false
  }
}
