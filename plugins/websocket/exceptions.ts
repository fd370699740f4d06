/**
 * What ends a socket.
 *
 * @module
 */

import { type Answer, type Answering, kAnswer } from '../core/http/answer.ts'
import { APIKIT_ERR_WEBSOCKET_CLOSED, APIKIT_ERR_WEBSOCKET_CODE } from './errors.ts'

/** RFC 6455 §5.5: a control frame has 125 bytes, of which the code takes two. */
const LONGEST_REASON = 123

/** Shortens a reason to what a close frame holds, without breaking a character. */
export function shortened (reason: string): string {
  const bytes = Buffer.from(reason)
  if (bytes.length <= LONGEST_REASON) return reason
  let end = LONGEST_REASON
  while ((Number(bytes[end]) & 0xC0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

function isSendable (code: number): boolean {
  return Number.isInteger(code) && ((code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999))
}

/**
 * Closes the socket with a code of your choice: thrown in a handler. Thrown in a dependency, which runs before the
 * socket is open, it refuses the handshake with 403.
 *
 * ```ts
 * throw new WebSocketException(1008, 'no such room')
 * ```
 *
 * @see https://fastapi.tiangolo.com/reference/exceptions/#fastapi.WebSocketException
 */
export class WebSocketException extends Error implements Answering {
  readonly code = 'APIKIT_WEBSOCKET'
  /** Code of the close frame. */
  readonly closeCode: number
  /** Reason in the close frame. */
  readonly reason: string
  readonly #detail: unknown

  /**
   * @param closeCode 1000–1003, 1007–1014 or 3000–4999
   * @param reason for the client; cut to 123 bytes of UTF-8
   * @param options `cause`, for the log; `detail`, sent in place of the reason where the handshake is refused
   * @throws APIKIT_ERR_WEBSOCKET_CODE
   */
  constructor (closeCode: number, reason = '', { detail = reason === '' ? 'Forbidden' : reason, ...options }: ErrorOptions & { readonly detail?: unknown } = {}) {
    super(reason === '' ? `WebSocket closed with ${closeCode}` : reason, options)
    if (!isSendable(closeCode)) throw new APIKIT_ERR_WEBSOCKET_CODE(String(closeCode))
    this.name = 'WebSocketException'
    this.closeCode = closeCode
    this.reason = shortened(reason)
    this.#detail = detail
  }

  /** Of the refused handshake. */
  get statusCode (): number {
    return 403
  }

  [kAnswer] (): Answer {
    return { status: 403, body: { detail: this.#detail } }
  }
}

/** The other side has gone: thrown where a socket is read from or written to. A handler need not catch it. */
export class WebSocketDisconnect extends APIKIT_ERR_WEBSOCKET_CLOSED {
  /** 1006 when the connection was lost. */
  readonly closeCode: number
  readonly reason: string

  constructor (closeCode: number, reason: string) {
    super(reason === '' ? String(closeCode) : `${closeCode} ${reason}`)
    this.closeCode = closeCode
    this.reason = reason
  }
}
