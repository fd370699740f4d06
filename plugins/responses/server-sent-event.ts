/**
 * Writes server-sent events.
 *
 * @module
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

import { APIKIT_ERR_EVENT } from './errors.ts'

/** Fields of an event. All are optional. */
export interface EventFields<Data> {
  /** Payload, sent as JSON. In a stream with a schema it is validated and filtered. */
  readonly data?: Data
  /** Payload as text, sent as it is, may have several lines. Excludes `data`. */
  readonly raw?: string
  /** Name of the event, for `addEventListener`. Default: `message`. One line. */
  readonly event?: string
  /** ID, which the client sends back as `last-event-id` when it reconnects. One line. */
  readonly id?: string | number
  /** Milliseconds after which the client reconnects. */
  readonly retry?: number
  /** Lines that clients ignore. */
  readonly comment?: string
}

const LINE_BREAK = /\r\n|\r|\n/

/**
 * An event of an `sse()` stream with a name, an ID or a retry time. Other items are sent as the data of an event.
 *
 * ```ts
 * yield new ServerSentEvent({ event: 'item', id: 1, data: item })
 * ```
 *
 * @throws APIKIT_ERR_EVENT when a field is invalid.
 * @see https://fastapi.tiangolo.com/tutorial/server-sent-events/
 */
export class ServerSentEvent<Data = never> {
  readonly data: Data | undefined
  readonly raw: string | undefined
  readonly event: string | undefined
  readonly id: string | undefined
  readonly retry: number | undefined
  readonly comment: string | undefined

  constructor ({ data, raw, event, id, retry, comment }: EventFields<Data>) {
    if (data !== undefined && raw !== undefined) throw new APIKIT_ERR_EVENT('data and raw exclude each other')
    for (const [name, text] of Object.entries({ event, id })) {
      if (typeof text === 'string' && LINE_BREAK.test(text)) throw new APIKIT_ERR_EVENT(`${name} must be one line`)
    }
    if (typeof id === 'string' && id.includes('\0')) throw new APIKIT_ERR_EVENT('id must not contain NUL, since clients would ignore it')
    if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) throw new APIKIT_ERR_EVENT('retry must be a whole number of milliseconds')
    this.data = data
    this.raw = raw
    this.event = event
    this.id = id === undefined ? undefined : String(id)
    this.retry = retry
    this.comment = comment
  }
}

/** Sent during silence, so that proxies keep the connection open. */
export const PING = ': ping\n\n'

/**
 * Writes the items of a stream.
 *
 * @param json Writes data as JSON.
 */
export function eventWriter (json: (data: unknown) => string): (item: unknown) => string {
  return item => {
    if (!(item instanceof ServerSentEvent)) return `${dataLines(json(item))}\n`
    const { data, raw, event, id, retry, comment } = item
    let text = ''
    if (comment !== undefined) text += lines('', comment)
    if (event !== undefined) text += `event: ${event}\n`
    if (raw !== undefined) text += lines('data', raw)
    else if (data !== undefined) text += dataLines(json(data))
    if (id !== undefined) text += `id: ${id}\n`
    if (retry !== undefined) text += `retry: ${retry}\n`
    return `${text}\n`
  }
}

/** JSON is one line, unless the scope has a serializer that adds line breaks. */
function dataLines (json: string): string {
  return json.includes('\n') ? lines('data', json) : `data: ${json}\n`
}

function lines (field: string, text: string): string {
  return text.split(LINE_BREAK).map(line => `${field}: ${line}\n`).join('')
}
