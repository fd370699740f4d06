/**
 * Reads bodies whole. Fastify's own reading, which a parser gets by `parseAs: 'buffer'`, copies each body, since it
 * does not know whether the parser keeps it, and never reports a body whose client has disconnected.
 *
 * @module
 */

import { finished } from 'node:stream'
import { FastifyError } from '@fastify/error'
import { errorCodes, type FastifyInstance, type FastifyRequest, type RouteOptions } from 'fastify'
import type { ContentTypeParserDoneFunction } from 'fastify/types/content-type-parser.js'
import type { RequestPayload } from 'fastify'

/** Turns the bytes of a body into `request.body`. The bytes belong to Node: copy them to keep them. */
export type ParseBytes = (request: FastifyRequest, bytes: Buffer, done: ContentTypeParserDoneFunction) => void

/** Content type parser as Fastify expects it without `parseAs`. */
export type ParsePayload = (request: FastifyRequest, payload: RequestPayload, done: ContentTypeParserDoneFunction) => void

const NOTHING = Buffer.alloc(0)

/** Reads the bodies of the routes of an app, up to the `bodyLimit` of each. */
export class WholeBodies {
  /** Lowest limit of all routes. Shorter bodies need no lookup of their route, which costs time. */
  #least: number
  readonly #unreadable: (cause: Error) => Error

  /** @param unreadable makes a 4xx error of one that occurred while a body was read */
  constructor (app: FastifyInstance, unreadable: (cause: Error) => Error) {
    this.#least = Number(app.initialConfig.bodyLimit)
    this.#unreadable = unreadable
  }

  /** Records a route. Call it for every route. */
  note ({ bodyLimit = Infinity }: Pick<RouteOptions, 'bodyLimit'>): void {
    this.#least = Math.min(this.#least, bodyLimit)
  }

  /** Returns a parser that reads a body and passes its bytes to `parse`. */
  parser (parse: ParseBytes): ParsePayload {
    return (request, payload, done) => { this.#read(request, payload, parse, done) }
  }

  #isTooLarge (request: FastifyRequest, length: number): boolean {
    return length > this.#least && length > request.routeOptions.bodyLimit
  }

  #read (request: FastifyRequest, payload: RequestPayload, parse: ParseBytes, done: ContentTypeParserDoneFunction): void {
    const { raw } = request
    const length = Number(raw.headers['content-length'])
    if (this.#isTooLarge(request, length)) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE())

    let bytes: Buffer = NOTHING
    let others: Buffer[] | undefined
    let received = 0
    let isOver = false
    const end = (error?: Error | null): void => {
      if (isOver) return
      isOver = true
      payload.off('data', take)
      payload.off('end', end)
      if (error != null) return done(error instanceof FastifyError ? error : this.#unreadable(error))
      if (!Number.isNaN(length) && (payload.receivedEncodedLength ?? received) !== length) return done(new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH())
      try {
        parse(request, others === undefined ? bytes : Buffer.concat(others, received), done)
      } catch (thrown) {
        done(thrown as Error)
      }
    }
    const take = (data: Buffer | string): void => {
      const chunk = typeof data === 'string' ? Buffer.from(data) : data
      received += chunk.length
      if (this.#isTooLarge(request, Math.max(received, payload.receivedEncodedLength ?? 0))) return end(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE())
      if (bytes === NOTHING) bytes = chunk
      else (others ??= [bytes]).push(chunk)
    }
    payload.on('data', take)
    // The error listener stays: a later error would otherwise be unhandled.
    payload.on('end', end)
    payload.on('error', end)
    payload.resume()
    if (raw.destroyed || payload !== raw) finished(raw, { writable: false }, error => { if (error != null) end(error) })
  }
}
