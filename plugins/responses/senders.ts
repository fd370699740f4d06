/**
 * Sends the value of a handler, by its status and the response schema of the route.
 *
 * @module
 */

import type { FastifyReply } from 'fastify'
import type { MapValue, Schema } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import { withCharset } from './content-type.ts'
import { type FileAnswer, fileAnswer, requireSend, sendFile } from './file.ts'
import { type Kind, kKind } from './kinds.ts'
import { quoteLocation } from './location.ts'
import { asPython } from './python-json.ts'
import { dataStream, eventStream, jsonLinesStream, type OpenStreams, type WriteJson } from './streams.ts'

/** Converts the value of a handler to what Fastify sends: a payload, or the reply if it was sent already. */
type Send = (value: unknown, reply: FastifyReply) => unknown

export interface SenderOptions {
  /** Milliseconds of silence in an event stream. */
  readonly ping: number
  readonly open: OpenStreams
}

/** The senders of a route, by status as in `schema.response`. None where Fastify sends the value itself. */
export function sendersOf (response: Schema, options: SenderOptions): ReadonlyMap<string, Send> {
  const senders = new Map<string, Send>()
  for (const [status, schema] of Object.entries(response as Record<string, Schema>)) {
    const key = status.toLowerCase()
    const send = senderOf(key, schema, options)
    if (send !== undefined) senders.set(key, send)
  }
  return senders
}

function senderOf (status: string, schema: Schema, options: SenderOptions): Send | undefined {
  // No content, whatever the handler returns (RFC 9110 §15.3.6). Fastify does this for 204 and 304.
  if (status === '205') return (_value, reply) => reply.send()
  const kind = schema[kKind] as Kind | undefined
  if (kind === undefined) return isSchema(schema.content) ? contentSender(status, schema.content) : undefined
  const send = kindSender(status, kind, options)
  // Each file has its own type.
  const contentType = kind.name === 'file' ? undefined : kind.contentType
  return (value, reply) => {
    if (contentType !== undefined && !reply.hasHeader('content-type')) reply.header('content-type', withCharset(contentType))
    return send(value, reply)
  }
}

function kindSender (status: string, kind: Kind, { ping, open }: SenderOptions): Send {
  switch (kind.name) {
    case 'redirect': return (value, reply) => reply.header('location', quoteLocation(value as string | URL)).send()
    case 'file':
      requireSend() // Fails at startup, not at the first request for the file.
      return (value, reply) => sendFile(reply, fileAnswer(value as string | URL | FileAnswer, kind.contentType))
    case 'data': return dataStream
    default: {
      const json = itemWriter(status, kind.contentType, kind.isTyped)
      if (kind.name === 'jsonl') return (value, reply) => jsonLinesStream(value, reply, json(reply))
      return (value, reply) => eventStream(value, reply, json(reply), kind.ping ?? ping, open)
    }
  }
}

/** The writer of items, which Fastify compiled with the other response schemas. */
function itemWriter (status: string, contentType: string, isTyped: boolean): (reply: FastifyReply) => WriteJson {
  let known: WriteJson | undefined
  return reply => {
    if (known !== undefined) return known
    const write = reply.getSerializationFunction(status, contentType) as WriteJson
    known = isTyped ? write : item => asPython(write(item))
    return known
  }
}

/** Sends a value with the one declared media type: by the model, or text and bytes as they are, unless the type is JSON. */
function contentSender (status: string, content: Schema): Send | undefined {
  const [contentType, ...more] = Object.keys(content)
  if (contentType === undefined || more.length > 0 || contentType.includes('*')) return undefined
  const isJson = /[/+]json$/.test(contentType)
  const type = withCharset(contentType)
  return (value, reply) => {
    if (reply.hasHeader('content-type')) return value
    reply.header('content-type', type)
    // With a serializer of its own Fastify keeps the type, and adds no charset.
    if (typeof value === 'string' ? isJson : !isBytes(value)) reply.serializer(reply.getSerializationFunction(status, contentType) as WriteJson)
    return value
  }
}

/** Values that Fastify sends as they are: bytes, streams, a web `Response`. */
function isBytes (value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return ArrayBuffer.isView(value) || 'pipe' in value || 'getReader' in value || value instanceof Response
}

/** The default status of the route: the one success that it declares. */
export function statusOf (response: object): number | undefined {
  const statuses = Object.keys(response)
  if (statuses.some(status => /^(200|2xx|default)$/i.test(status))) return undefined
  for (const success of [/^2\d\d$/, /^3\d\d$/]) {
    const [status, ...more] = statuses.filter(status => success.test(status))
    if (status !== undefined) return more.length === 0 ? Number(status) : undefined
  }
  return undefined
}

/** Sends the value of a handler with the sender of its status. */
export function sendBy (senders: ReadonlyMap<string, Send>): MapValue {
  return (value, reply) => {
    if (value === undefined || value === reply || reply.sent || value instanceof Error) return value
    const status = String(reply.statusCode)
    const sender = senders.get(status) ?? senders.get(`${status[0]}xx`) ?? senders.get('default')
    return sender === undefined ? value : sender(value, reply)
  }
}
