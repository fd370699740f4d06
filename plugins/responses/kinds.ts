/**
 * Response schemas other than JSON: text, redirects, files and streams.
 *
 * @module
 */

import type { Static, TSchema, TUnsafe } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type DescribedContent, kContent } from '../core/http/described-content.ts'
import { kOwner } from '../core/plan/marks.ts'
import type { Schema } from '../core/plan/route-plan.ts'
import type { FileAnswer } from './file.ts'
import type { Items } from './item-stream.ts'
import type { ServerSentEvent } from './server-sent-event.ts'

/** How the value of a handler becomes a response. */
export type Kind =
  | { readonly name: 'redirect' | 'file' | 'data', readonly contentType?: string | undefined }
  | { readonly name: 'jsonl' | 'sse', readonly contentType: string, readonly isTyped: boolean, readonly ping?: number | undefined }

/** Symbol of the kind of a response schema. */
export const kKind: unique symbol = Symbol('fastify-apikit.responses.kind')

export const JSON_LINES = 'application/jsonl'
export const EVENTS = 'text/event-stream'

/** Sources of a byte stream. */
export type Data = Items<string | Uint8Array>

const TEXT = Type.String()

/** The kinds that need the plugin. */
const OWNER = 'responses'

function ofType (contentType: string, schema: TSchema): object {
  return { content: { [contentType]: { schema } } }
}

/**
 * Declares text. The handler returns a string, sent as `text/plain`.
 *
 * ```ts
 * app.get('/', { schema: { response: { 200: text() } } }, async () => 'Hello World')
 * ```
 *
 * @param contentType Another text type: `text/csv`, `application/xml`.
 * @see https://fastapi.tiangolo.com/advanced/custom-response/
 */
export function text (contentType = 'text/plain'): TUnsafe<string> {
  return Type.Unsafe<string>({ ...ofType(contentType, TEXT), [kOwner]: OWNER })
}

/**
 * Declares HTML. The handler returns a string, sent as `text/html`.
 *
 * ```ts
 * app.get('/', { schema: { response: { 200: html() } } }, async () => '<h1>Hello World</h1>')
 * ```
 *
 * @see https://fastapi.tiangolo.com/advanced/custom-response/#html-response
 */
export function html (): TUnsafe<string> {
  return text('text/html')
}

function marked<T> (kind: Kind, schema: object, content: DescribedContent): TUnsafe<T> {
  return Type.Unsafe<T>({ ...schema, [kKind]: kind, [kContent]: content, [kOwner]: OWNER })
}

const NO_CONTENT: DescribedContent = () => undefined

/** Content that is not JSON. */
const NO_JSON = { type: 'null' }

function bytes<T> (name: 'file' | 'data', contentType: string | undefined): TUnsafe<T> {
  const schema = contentType === undefined ? NO_JSON : ofType(contentType, Type.Any())
  return marked<T>({ name, contentType }, schema, () => contentType === undefined ? undefined : { [contentType]: { schema: { type: 'string' } } })
}

/**
 * Declares a redirect. The handler returns the URL. Characters that a URL cannot have are percent-encoded.
 *
 * ```ts
 * app.get('/old', { schema: { response: { 307: redirect() } } }, async () => '/new')
 * ```
 *
 * @see https://fastapi.tiangolo.com/advanced/custom-response/#redirectresponse
 */
export function redirect (): TUnsafe<string | URL> {
  return marked({ name: 'redirect' }, NO_JSON, NO_CONTENT)
}

/**
 * Declares a file. The handler returns its path, or `{ path, filename, contentType }`. Ranges and conditional requests are answered.
 *
 * ```ts
 * app.get('/report', { schema: { response: { 200: file() } } }, async () => ({ path: '/srv/r1.pdf', filename: 'report.pdf' }))
 * ```
 *
 * @param contentType Content type of all files. By default guessed from the name.
 * @see https://fastapi.tiangolo.com/advanced/custom-response/#fileresponse
 */
export function file (contentType?: string): TUnsafe<string | URL | FileAnswer> {
  return bytes('file', contentType)
}

/**
 * Declares a stream of strings or bytes. The handler is a generator, or returns one, or a `Readable`.
 *
 * ```ts
 * app.get('/story', { schema: { response: { 200: stream('text/plain') } } }, async function * () { yield 'Once upon a time' })
 * ```
 *
 * @param contentType Content type. Without one, none is sent.
 * @see https://fastapi.tiangolo.com/advanced/stream-data/
 */
export function stream (contentType?: string): TUnsafe<Data> {
  return bytes('data', contentType)
}

/**
 * Declares JSON lines. The handler is a generator of items, or returns one. Each item is validated and filtered by the schema.
 *
 * ```ts
 * app.get('/items', { schema: { response: { 200: jsonLines(Item) } } }, async function * () { yield * db.items() })
 * ```
 *
 * @param item Schema of an item. Without one, items are sent as they are.
 * @see https://fastapi.tiangolo.com/tutorial/stream-json-lines/
 */
export function jsonLines<S extends TSchema> (item: S): TUnsafe<Items<Static<S>>>
export function jsonLines (): TUnsafe<Items<unknown>>
export function jsonLines (item?: TSchema): TUnsafe<Items<unknown>> {
  const kind: Kind = { name: 'jsonl', contentType: JSON_LINES, isTyped: item !== undefined }
  return marked(kind, ofType(JSON_LINES, item ?? Type.Any()), write => ({ [JSON_LINES]: { itemSchema: item === undefined ? {} : write(asSchema(item), 'StreamItem') } }))
}

export interface SseOptions {
  /** Milliseconds of silence after which a comment is sent, 0 for never. Default: the option `ping` of the plugin. */
  readonly ping?: number
}

/** An event, as in OpenAPI 3.2 §4.14.4. */
const EVENT_FIELDS = {
  data: { type: 'string' },
  event: { type: 'string' },
  id: { type: 'string' },
  retry: { type: 'integer', minimum: 0 }
}

/**
 * Declares server-sent events. The handler is a generator of items, or returns one. Each item is the data of an event, or a
 * `ServerSentEvent` with a name, an id or a retry time. Data is validated and filtered by the schema.
 *
 * ```ts
 * app.get('/items', { schema: { response: { 200: sse(Item) } } }, async function * () {
 *   yield { name: 'pen', price: 2.5 }
 *   yield new ServerSentEvent({ event: 'last', id: 2, data: { name: 'ink', price: 4 } })
 * })
 * ```
 *
 * @param data Schema of the data. Without one, data is sent as it is.
 * @see https://fastapi.tiangolo.com/tutorial/server-sent-events/
 */
export function sse<S extends TSchema> (data: S, options?: SseOptions): TUnsafe<Items<Static<S> | ServerSentEvent<Static<S>>>>
export function sse (data?: undefined, options?: SseOptions): TUnsafe<Items<unknown>>
export function sse (data?: TSchema, { ping }: SseOptions = {}): TUnsafe<Items<unknown>> {
  const kind: Kind = { name: 'sse', contentType: EVENTS, isTyped: data !== undefined, ping }
  return marked(kind, ofType(EVENTS, data ?? Type.Any()), write => {
    if (data === undefined) return { [EVENTS]: { itemSchema: { type: 'object', properties: EVENT_FIELDS } } }
    const written = { type: 'string', contentMediaType: 'application/json', contentSchema: write(asSchema(data), 'StreamItem') }
    return { [EVENTS]: { itemSchema: { type: 'object', properties: { ...EVENT_FIELDS, data: written }, required: ['data'] } } }
  })
}

/** A TypeBox schema is a JSON Schema. Its type has no index signature for symbols. */
function asSchema (schema: TSchema): Schema {
  return schema as unknown as Schema
}
