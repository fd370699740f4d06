/**
 * The WebSocket of a handler. Its class is that of the package `ws`, whose declarations are a package of their own.
 *
 * @module
 */

import type { EventEmitter } from 'node:events'

/** What happens to a socket. */
export interface SocketEvents {
  message: [data: Buffer, isBinary: boolean]
  close: [code: number, reason: Buffer]
  error: [error: Error]
  ping: [data: Buffer]
  pong: [data: Buffer]
}

/**
 * A WebSocket as @fastify/websocket hands it to a handler.
 *
 * @see https://github.com/websockets/ws/blob/master/doc/ws.md#class-websocket
 */
export interface Socket extends EventEmitter<SocketEvents> {
  /** 1 while it is open, 2 while it is being closed, 3 when it is closed. */
  readonly readyState: number
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number
  readonly isPaused: boolean
  /** The subprotocol that was agreed on; empty for none. */
  readonly protocol: string
  /** @param written called when the message is written, or cannot be */
  send (data: string | Uint8Array, written?: (error?: Error | null) => void): void
  /** @param reason at most 123 bytes of UTF-8 */
  close (code?: number, reason?: string): void
  /** Cuts the connection. */
  terminate (): void
  /** Stops reading: messages wait in the connection. */
  pause (): void
  resume (): void
  ping (): void
}

export const OPEN = 1
export const CLOSED = 3

/** Closes a socket whose other side may be held back: its answer has to be read. */
export function close (socket: Socket, code: number, reason: string): void {
  socket.close(code, reason)
  socket.resume()
}

const abandoned = new WeakSet<Socket>()

/** Nobody reads on: what comes is passed over, so that the end is seen. */
export function abandon (socket: Socket): void {
  abandoned.add(socket)
  socket.resume()
}

export function isAbandoned (socket: Socket): boolean {
  return abandoned.has(socket)
}
