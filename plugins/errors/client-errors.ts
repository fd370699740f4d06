import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Statuses of errors that have their own, as in Node and Fastify. */
const STATUSES: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }

/**
 * Answers what is no HTTP request (a bad request line, headers that are too large, a request that takes too long to
 * arrive) in the format of all other errors: `{"detail":"Bad Request"}`. It is an option of the server, since no scope is asked.
 *
 * @example
 * ```ts
 * const app = Fastify({ clientErrorHandler, frameworkErrors })
 * ```
 * @see https://fastify.dev/docs/latest/Reference/Server/#clienterrorhandler
 */
export function clientErrorHandler (this: FastifyInstance, error: Error & { readonly code: string }, socket: Socket): void {
  // There is nobody to answer.
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = STATUSES[error.code] ?? 400
  const body = JSON.stringify({ detail: STATUS_CODES[status] })
  this.log.trace({ err: error }, 'a client sent what is no request')
  if (socket.writable) {
    socket.write(`HTTP/1.1 ${status} ${String(STATUS_CODES[status])}\r\ncontent-length: ${body.length}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${body}`)
  }
  socket.destroy(error)
}
