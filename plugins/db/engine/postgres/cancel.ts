/**
 * Cancels what a connection to PostgreSQL runs.
 *
 * @module
 */

import { connect } from 'node:net'
import type { PoolClient } from 'pg'

/** `CancelRequest`: its length, its code, the process and its key. */
const LENGTH = 16
const CODE = 80_877_102

/** Milliseconds for the server to take the message. */
const PATIENCE = 2000

/** What pg keeps of the server's `BackendKeyData`, and of where the server is. */
interface Backend {
  readonly host: string
  readonly port: number
  readonly processID: number
  readonly secretKey: number
}

/**
 * Asks the server to cancel the statement of a connection, over a connection of its own: the pool may have none left, and a
 * pooler in between hands this message on, where it could not tell whom `pg_cancel_backend` means. Resolves when the server
 * has passed it on, or cannot be asked; never rejects. It takes no login and is not encrypted, as that of libpq.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function cancelStatement (client: PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as unknown as Backend
  const message = new DataView(new ArrayBuffer(LENGTH))
  for (const [index, field] of [LENGTH, CODE, processID, secretKey].entries()) message.setInt32(4 * index, field)
  return new Promise(resolve => {
    const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
    socket.setTimeout(PATIENCE, () => { socket.destroy() })
    socket.on('error', () => {}).on('close', () => { resolve() })
    // The server closes, once it has told the process.
    socket.resume().write(new Uint8Array(message.buffer))
  })
}
