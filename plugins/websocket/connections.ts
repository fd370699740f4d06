/**
 * The open sockets of an app: what becomes of their handlers, whether their clients are still there, and their end.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { isAnswering, kAnswer } from '../core/http/answer.ts'
import type { SocketHandler } from '../core/plan/route-plan.ts'
import { shortened, WebSocketDisconnect, WebSocketException } from './exceptions.ts'
import type { ParsedOptions } from './options.ts'
import { abandon, close, type Socket } from './socket.ts'

interface Connection {
  /** Something has come since the last ping. */
  isAlive: boolean
}

export class Connections {
  readonly #options: ParsedOptions
  readonly #open = new Map<Socket, Connection>()
  /** Handlers that run. */
  readonly #running = new Set<Promise<void>>()
  #heartbeat: NodeJS.Timeout | undefined

  constructor (options: ParsedOptions) {
    this.#options = options
  }

  /** Makes a handler one that never fails: its error closes the socket. */
  serve (handler: SocketHandler): SocketHandler {
    const connections = this
    return function (socket: Socket, request) {
      connections.#watch(socket, request)
      let result: unknown
      try {
        result = handler.call(this, socket as never, request)
      } catch (error) {
        return end(socket, request, error)
      }
      if (result instanceof Promise) connections.#run(result, socket, request)
    }
  }

  #run (result: Promise<unknown>, socket: Socket, request: FastifyRequest): void {
    const running = result.then(() => { abandon(socket) }, error => { end(socket, request, error) })
    this.#running.add(running)
    running.finally(() => { this.#running.delete(running) })
  }

  #watch (socket: Socket, request: FastifyRequest): void {
    const connection: Connection = { isAlive: true }
    const hear = (): void => { connection.isAlive = true }
    socket.on('pong', hear)
    socket.on('message', hear)
    this.#open.set(socket, connection)
    socket.once('close', () => {
      this.#open.delete(socket)
      if (this.#open.size === 0) this.#stop()
      // Node does not close a request that was upgraded, so `request.signal` would never abort.
      request.raw.destroy()
    })
    this.#limit(socket, request)
    const { heartbeat } = this.#options
    if (heartbeat > 0) this.#heartbeat ??= setInterval(() => { this.#beat() }, heartbeat).unref()
  }

  /** Limits the memory for messages that a client does not read, however they are sent. */
  #limit (socket: Socket, request: FastifyRequest): void {
    const { maxBuffered } = this.#options
    const { send } = socket
    Object.assign(socket, {
      send (...message: Parameters<Socket['send']>) {
        if (socket.bufferedAmount > maxBuffered) {
          request.log.warn({ bufferedAmount: socket.bufferedAmount }, 'websocket cut off: the client does not read what it is sent')
          socket.terminate()
        }
        send.apply(socket, message)
      }
    })
  }

  #beat (): void {
    for (const [socket, connection] of this.#open) {
      // Held back by its handler, it cannot be heard.
      if (socket.isPaused) connection.isAlive = true
      else if (connection.isAlive) {
        connection.isAlive = false
        socket.ping()
      } else socket.terminate()
    }
  }

  #stop (): void {
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  /** Closes all sockets, and waits for their ends and for their handlers, as long as the options say. */
  async drain (): Promise<void> {
    const ends = [...this.#open.keys()].map(socket => new Promise<void>(resolve => {
      socket.once('close', () => { resolve() })
      close(socket, 1001, '')
    }))
    const { promise: timeout, resolve: giveUp } = Promise.withResolvers<void>()
    const timer = setTimeout(giveUp, this.#options.closeTimeout)
    await Promise.race([timeout, Promise.all([...ends, ...this.#running])])
    clearTimeout(timer)
    for (const socket of this.#open.keys()) socket.terminate()
  }
}

/** Closes a socket whose handler has failed. */
function end (socket: Socket, request: FastifyRequest, error: unknown): void {
  if (error instanceof WebSocketException) close(socket, error.closeCode, error.reason)
  else if (error instanceof WebSocketDisconnect) abandon(socket)
  else {
    const answer = isAnswering(error) ? error[kAnswer]() : undefined
    if (answer !== undefined && answer.status < 500) {
      const detail: unknown = Object(answer.body).detail
      return close(socket, 1008, typeof detail === 'string' ? shortened(detail) : '')
    }
    request.log.error({ err: error }, 'the handler of a websocket failed')
    close(socket, 1011, '')
  }
}
