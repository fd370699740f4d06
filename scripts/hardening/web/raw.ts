/**
 * HTTP over a bare socket: what is sent is what is written, where a client would put it right.
 *
 * @module
 */

import { once } from 'node:events'
import { connect } from 'node:net'

export interface RawAnswer {
  /** 0 when there was none. */
  readonly status: number
  /** By name in lower case; of two, both. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: string
}

/** Sends one request and reads until the server closes. */
export async function send (port: number, request: string | Buffer): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', chunk => { chunks.push(chunk) })
  socket.on('error', () => {})
  socket.setTimeout(10_000, () => socket.destroy())
  socket.write(request)
  await once(socket, 'close')
  return read(Buffer.concat(chunks).toString('latin1'))
}

function read (text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const [name = '', ...value] = line.split(':')
    headers.set(name.toLowerCase(), [...headers.get(name.toLowerCase()) ?? [], value.join(':').trim()])
  }
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers, body: text.slice(end + 4) }
}

/** @param lines whole lines of headers */
export function request (target: string, lines: readonly string[], method = 'GET'): string {
  return [`${method} ${target} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n')
}
