/**
 * Stands between an app and its PostgreSQL, and can be gone.
 *
 * @module
 */

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export class Proxy {
  readonly #target: { readonly host: string, readonly port: number }
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  port = 0

  constructor (target: { readonly host: string, readonly port: number }) {
    this.#target = target
  }

  async start (): Promise<void> {
    this.#server = createServer(client => {
      const server = connect(this.#target)
      for (const socket of [client, server]) {
        this.#sockets.add(socket)
        socket.on('error', () => {}).on('close', () => {
          this.#sockets.delete(socket)
          client.destroy()
          server.destroy()
        })
      }
      client.pipe(server).pipe(client)
    }).listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as { port: number }).port
  }

  /** All connections break, and none can be made. */
  async stop (): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server?.close()
    if (this.#server !== undefined) await once(this.#server, 'close')
  }
}
