/**
 * Server-sent events, as they are written on the wire.
 *
 * @module
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

import { APIKIT_ERR_EVENT } from './errors.ts'

/** What an event may say; every field can be left out. */
export interface EventFields<Data> {
  /** The payload, sent as JSON; in a stream with a schema it is checked and filtered by it. */
  readonly data?: Data
  /** The payload as text, sent as it is, several lines and all: in place of `data`. */
  readonly raw?: string
  /** Name of the event, for `addEventListener`; without one it is a `message`. One line. */
  readonly event?: string
  /** What the client sends back as `last-event-id` when it connects again. One line. */
  readonly id?: string | number
  /** After how many milliseconds the client is to connect again. */
  readonly retry?: number
  /** Lines that clients ignore. */
  readonly comment?: string
}

const LINE_BREAK = /\r\n|\r|\n/

/**
 * One event of a stream of `sse()`, with a name, an id or a retry time. What is no such event is the data of one.
 *
 * ```ts
 * yield new ServerSentEvent({ event: 'item', id: 1, data: item })
 * ```
 *
 * @throws APIKIT_ERR_EVENT when a field cannot be sent
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
    if (data !== undefined && raw !== undefined) throw new APIKIT_ERR_EVENT('it has both "data" and "raw"; "raw" is text in place of data')
    for (const [name, text] of Object.entries({ event, id })) {
      if (typeof text === 'string' && LINE_BREAK.test(text)) throw new APIKIT_ERR_EVENT(`"${name}" has more than one line`)
    }
    if (typeof id === 'string' && id.includes('\0')) throw new APIKIT_ERR_EVENT('"id" has a NUL, and clients would ignore it')
    if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) throw new APIKIT_ERR_EVENT('"retry" is no whole number of milliseconds')
    this.data = data
    this.raw = raw
    this.event = event
    this.id = id === undefined ? undefined : String(id)
    this.retry = retry
    this.comment = comment
  }
}

/** Sent where nothing else is, so that nobody on the way takes the connection for dead. */
export const PING = ': ping\n\n'

/**
 * Writes the items of a stream.
 *
 * @param json writes data
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

/** JSON is one line, unless the scope has a serializer of its own that sets it out. */
function dataLines (json: string): string {
  return json.includes('\n') ? lines('data', json) : `data: ${json}\n`
}

function lines (field: string, text: string): string {
  return text.split(LINE_BREAK).map(line => `${field}: ${line}\n`).join('')
}
