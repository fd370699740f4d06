/**
 * As much of a WebSocket of `ws` as is needed here: its types are a package of their own.
 *
 * @module
 */

/** A WebSocket as @fastify/websocket hands it to a handler. */
export interface Socket {
  readonly readyState: number
  readonly bufferedAmount: number
  readonly isPaused: boolean
  send (data: string | Uint8Array, written: (error?: Error | null) => void): void
  close (code?: number, reason?: string): void
  terminate (): void
  pause (): void
  resume (): void
  ping (): void
  on (event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown
  on (event: 'pong', listener: () => void): unknown
  once (event: 'close', listener: (code: number, reason: Uint8Array) => void): unknown
}

export const OPEN = 1
export const CLOSED = 3

/** Closes a socket whose other side may be held back: its answer has to be read. */
export function close (socket: Socket, code: number, reason: string): void {
  socket.close(code, reason)
  socket.resume()
}
