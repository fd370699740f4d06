/**
 * Sends what a handler returns as a stream, item by item.
 *
 * @module
 */

import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { APIKIT_ERR_CHUNK, APIKIT_ERR_NO_STREAM } from './errors.ts'
import { type Items, ItemStream, type StreamOptions } from './item-stream.ts'
import { eventWriter, PING } from './server-sent-event.ts'

/** Writes an item as JSON. */
export type WriteJson = (item: unknown) => string

/** Tells whether a value can be iterated, and is not a string or bytes. */
export function isItems (value: unknown): value is Items<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return Symbol.asyncIterator in value || Symbol.iterator in value
}

function itemsOf (value: unknown, reply: FastifyReply): Items<unknown> {
  if (!isItems(value)) throw new APIKIT_ERR_NO_STREAM(`${reply.request.method} ${reply.request.routeOptions.url}`)
  return value
}

/** For a HEAD, which has no body: the generator does not run. */
async function abandon (items: Items<unknown>): Promise<void> {
  if (items instanceof Readable) items.destroy()
  else if ('return' in items && typeof items.return === 'function') await items.return()
}

/** Tells whether the response has no body. */
export function isBodiless ({ request, statusCode }: FastifyReply): boolean {
  return request.method === 'HEAD' || statusCode === 204 || statusCode === 205 || statusCode === 304
}

function body (items: Items<unknown>, reply: FastifyReply, options: Omit<StreamOptions, 'onLateError'>): Readable | Promise<Readable> {
  if (isBodiless(reply)) return abandon(items).then(() => Readable.from([]))
  return new ItemStream(items, {
    ...options,
    onLateError: err => { reply.log.error({ err }, 'a stream failed after its end') }
  })
}

/** Sends strings and bytes as they are. */
export function dataStream (value: unknown, reply: FastifyReply): Readable | Promise<Readable> {
  if (value instanceof Readable && !value.readableObjectMode && !isBodiless(reply)) return value
  return body(itemsOf(value, reply), reply, { write: chunk })
}

function chunk (item: unknown): string | Uint8Array {
  if (typeof item === 'string' || item instanceof Uint8Array) return item
  throw new APIKIT_ERR_CHUNK(item === null ? 'null' : typeof item)
}

/** Sends items, one in each line. */
export function jsonLinesStream (value: unknown, reply: FastifyReply, json: WriteJson): Readable | Promise<Readable> {
  return body(itemsOf(value, reply), reply, { write: item => `${json(item)}\n` })
}

/** The open event streams, which do not end by themselves. */
export class OpenStreams {
  readonly #replies = new Map<ItemStream, FastifyReply>()

  add (stream: ItemStream, reply: FastifyReply): void {
    this.#replies.set(stream, reply)
    stream.once('close', () => { this.#replies.delete(stream) })
  }

  /** Ends all of them, and their connections, which would keep a closing server waiting. */
  end (): void {
    for (const [stream, { raw, request }] of this.#replies) {
      // A request of `inject` has no connection.
      if (request.raw.httpVersionMajor === 1 && 'destroySoon' in request.raw.socket) raw.once('finish', () => { request.raw.socket.destroySoon() })
      stream.cut()
    }
  }
}

/** Maximum of a timer, in milliseconds. A longer one would fire at once. */
export const MAX_PING = 2 ** 31 - 1

/**
 * Sends server-sent events.
 *
 * @param ping Milliseconds of silence before a comment, 0 for never.
 */
export function eventStream (value: unknown, reply: FastifyReply, json: WriteJson, ping: number, open: OpenStreams): Readable | Promise<Readable> {
  // As FastAPI: no cache keeps a copy, and nginx passes each event on at once.
  for (const [name, value] of [['cache-control', 'no-cache'], ['x-accel-buffering', 'no']] as const) {
    if (!reply.hasHeader(name)) reply.header(name, value)
  }
  const events = body(itemsOf(value, reply), reply, {
    write: eventWriter(json),
    ping: ping > 0 ? { text: PING, after: Math.min(ping, MAX_PING) } : undefined,
    // Tells the client that it is connected, before the first event.
    onWaiting: () => { if (!reply.raw.headersSent) reply.raw.flushHeaders() }
  })
  if (events instanceof ItemStream) open.add(events, reply)
  return events
}
