/**
 * The connections of the HTTP servers of this process, whichever app they serve: each ends behind its next response once
 * the process is to end. Node alone keeps them open, and cuts those on which a request is on its way.
 *
 * @module
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */

import { subscribe } from 'node:diagnostics_channel'
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds. A client that has sent nothing for so long has probably nothing on its way. */
const QUIET = 1000

/** Milliseconds between two looks. */
const INTERVAL = 25

interface Begun {
  readonly server: Server
  readonly response: ServerResponse
  readonly socket: Socket
}

interface Connection {
  /** Requests under way: several if they are pipelined. */
  open: number
  /** Whether there was a request. Without one it may be a WebSocket. */
  isHttp: boolean
  idleSince: number
}

export class Connections {
  readonly #connections = new Map<Socket, Connection>()
  readonly #responses = new Set<ServerResponse>()
  readonly #servers = new Set<Server>()
  #timer: NodeJS.Timeout | undefined

  constructor () {
    subscribe('net.server.socket', message => { this.#of((message as Begun).socket) })
    subscribe('http.server.request.start', message => { this.#begin(message as Begun) })
  }

  /** Ends connections behind their responses, and those that are idle, from now on. */
  drain (): void {
    if (this.#timer !== undefined) return
    for (const response of this.#responses) endBehind(response)
    for (const server of this.#servers) keepIdle(server)
    // Not in the timer itself: what has come while the event loop was busy is read between the two.
    this.#timer = setInterval(() => { setImmediate(() => { this.#endQuiet() }) }, INTERVAL).unref()
  }

  /** Resolves when nothing is on its way: clients wait for responses, or have been silent for a while. */
  async quiet (limit: number): Promise<void> {
    const end = performance.now() + limit
    do await delay(INTERVAL)
    while (performance.now() < end && [...this.#connections.values()].some(({ open, idleSince }) => open === 0 && !isQuiet(idleSince)))
  }

  #endQuiet (): void {
    for (const [socket, { open, isHttp, idleSince }] of this.#connections) if (isHttp && open === 0 && isQuiet(idleSince)) socket.end()
  }

  #of (socket: Socket): Connection {
    let connection = this.#connections.get(socket)
    if (connection === undefined) {
      this.#connections.set(socket, connection = { open: 0, isHttp: false, idleSince: performance.now() })
      socket.once('close', () => { this.#connections.delete(socket) })
    }
    return connection
  }

  #begin ({ server, response, socket }: Begun): void {
    this.#servers.add(server)
    const connection = this.#of(socket)
    connection.open++
    connection.isHttp = true
    this.#responses.add(response)
    if (this.#timer !== undefined) {
      endBehind(response)
      keepIdle(server)
    }
    response.once('close', () => {
      this.#responses.delete(response)
      connection.open--
      connection.idleSince = performance.now()
    })
  }
}

function isQuiet (since: number): boolean {
  return performance.now() - since >= QUIET
}

/** Node closes them with the server, at once, also those on which a request is on its way. */
function keepIdle (server: Server): void {
  server.closeIdleConnections = () => {}
}

function endBehind (response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}
