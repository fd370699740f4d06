/**
 * Sends responses to clients that are still sending.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'

/** Time in milliseconds for which the rest of a body is read and discarded. */
const LINGER = 2000

/**
 * Discards the unread rest of a body for a moment, so that a client that is still sending can read its
 * answer: were the connection closed at once, the answer would be lost. What has not come by then is cut off.
 *
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html#lingering_close
 */
export function linger (raw: IncomingMessage | Http2ServerRequest): void {
  // `false`: it is not known of requests that are injected, which have come as a whole.
  if (raw.complete !== false) return
  const timer = setTimeout(() => { cutOff(raw) }, LINGER)
  raw.once('close', () => { clearTimeout(timer) })
  if (!isMultiplexed(raw)) closeByHalves(raw)
  raw.resume()
}

function isMultiplexed (raw: IncomingMessage | Http2ServerRequest): raw is Http2ServerRequest {
  return raw.httpVersionMajor > 1
}

function cutOff (raw: IncomingMessage | Http2ServerRequest): void {
  if (isMultiplexed(raw)) raw.stream.close()
  else raw.destroy()
}

/**
 * Node closes a connection that is not to be kept by `destroySoon`, which drops what still comes, and with it the answer.
 * Until the body has come, only our half is closed.
 */
function closeByHalves (raw: IncomingMessage): void {
  const { socket } = raw
  socket.destroySoon = () => { socket.end() }
  raw.once('close', () => {
    Reflect.deleteProperty(socket, 'destroySoon')
    if (socket.writableEnded) socket.destroySoon()
  })
}
