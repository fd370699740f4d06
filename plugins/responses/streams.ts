/**
 * Streams: what a handler returns becomes the body, item by item.
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

/** What can be iterated and is not one piece of text or bytes. */
export function isItems (value: unknown): value is Items<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return Symbol.asyncIterator in value || Symbol.iterator in value
}

function itemsOf (value: unknown, reply: FastifyReply): Items<unknown> {
  if (!isItems(value)) throw new APIKIT_ERR_NO_STREAM(`${reply.request.method} ${reply.request.routeOptions.url}`)
  return value
}

/** For a HEAD, which is answered without a body: nothing is made that nobody reads. */
async function abandon (items: Items<unknown>): Promise<void> {
  if (items instanceof Readable) items.destroy()
  else if ('return' in items && typeof items.return === 'function') await items.return()
}

/** Whether no body is sent, whatever it is. */
export function isBodiless ({ request, statusCode }: FastifyReply): boolean {
  return request.method === 'HEAD' || statusCode === 204 || statusCode === 205 || statusCode === 304
}

function body (items: Items<unknown>, reply: FastifyReply, options: Omit<StreamOptions, 'onLateError'>): Readable | Promise<Readable> {
  if (isBodiless(reply)) return abandon(items).then(() => Readable.from([]))
  return new ItemStream(items, {
    ...options,
    onLateError: err => { reply.log.error({ err }, 'a stream failed behind its end') }
  })
}

/** Text and bytes, as they are. */
export function dataStream (value: unknown, reply: FastifyReply): Readable | Promise<Readable> {
  if (value instanceof Readable && !value.readableObjectMode && !isBodiless(reply)) return value
  return body(itemsOf(value, reply), reply, { write: chunk })
}

function chunk (item: unknown): string | Uint8Array {
  if (typeof item === 'string' || item instanceof Uint8Array) return item
  throw new APIKIT_ERR_CHUNK(item === null ? 'null' : typeof item)
}

/** Items, one on a line. */
export function jsonLinesStream (value: unknown, reply: FastifyReply, json: WriteJson): Readable | Promise<Readable> {
  return body(itemsOf(value, reply), reply, { write: item => `${json(item)}\n` })
}

/** The streams of events that are open: they go on for as long as they are let. */
export class OpenStreams {
  readonly #replies = new Map<ItemStream, FastifyReply>()

  add (stream: ItemStream, reply: FastifyReply): void {
    this.#replies.set(stream, reply)
    stream.once('close', () => { this.#replies.delete(stream) })
  }

  /** Ends all of them, and their connections, on which a server that closes would wait for another request. */
  end (): void {
    for (const [stream, { raw, request }] of this.#replies) {
      if (request.raw.httpVersionMajor === 1) raw.once('finish', () => { request.raw.socket.destroySoon() })
      stream.cut()
    }
  }
}

/** What a timer can hold, in milliseconds; one that is asked for more fires at once. */
export const MAX_PING = 2 ** 31 - 1

/**
 * Server-sent events.
 *
 * @param ping milliseconds of silence before a comment, 0 for none
 */
export function eventStream (value: unknown, reply: FastifyReply, json: WriteJson, ping: number, open: OpenStreams): Readable | Promise<Readable> {
  // As FastAPI: nobody keeps a copy, and nginx hands each event on when it comes.
  for (const [name, value] of [['cache-control', 'no-cache'], ['x-accel-buffering', 'no']] as const) {
    if (!reply.hasHeader(name)) reply.header(name, value)
  }
  const events = body(itemsOf(value, reply), reply, {
    write: eventWriter(json),
    ping: ping > 0 ? { text: PING, after: Math.min(ping, MAX_PING) } : undefined,
    // The client is told that it is connected before the first event is there.
    onWaiting: () => { if (!reply.raw.headersSent) reply.raw.flushHeaders() }
  })
  if (events instanceof ItemStream) open.add(events, reply)
  return events
}
