/**
 * The rows of a statement in batches: a named portal, which leaves its connection free for other statements in between.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */

import type { FieldDef, PoolClient, Submittable } from 'pg'
import { optionalPeer } from '../../../core/peer.ts'
import type { SerialQueue } from '../../../core/serial-queue.ts'

/** As much of pg's connection as is used. */
interface Wire {
  parse (message: { text: string, name: string, types: [] }, more: boolean): void
  bind (message: { portal: string, statement: string, values: readonly unknown[], binary: boolean }, more: boolean): void
  describe (message: { type: 'P', name: string }, more: boolean): void
  execute (message: { portal: string, rows: number }, more: boolean): void
  close (message: { type: 'P', name: string }, more: boolean): void
  sync (): void
  readonly stream: { destroy: () => void }
}

const ignore = (): void => {}

/** One message to the server and what it answers, which pg waits for as for any query. */
class Exchange implements Submittable {
  rows: unknown[][] = []
  fields: readonly FieldDef[] = []
  /** The statement has given its last row. */
  isOver = false
  readonly done: Promise<void>
  readonly #send: (wire: Wire) => void
  readonly #timeout: number
  #timer: NodeJS.Timeout | undefined
  readonly #settle: { readonly resolve: () => void, readonly reject: (error: Error) => void }

  /** @param timeout milliseconds from when it is sent; 0: no limit */
  constructor (send: (wire: Wire) => void, timeout: number) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#send = send
    this.#timeout = timeout
    this.#settle = { resolve, reject }
    this.done = promise
  }

  submit (connection: unknown): void {
    const wire = connection as Wire
    if (this.#timeout > 0) this.#timer = setTimeout(() => { this.#giveUp(wire) }, this.#timeout)
    this.#send(wire)
    wire.sync()
  }

  /** The server has fallen silent. What waits behind this one would wait for ever, too: it fails with the connection. */
  #giveUp ({ stream }: Wire): void {
    this.#settle.reject(new Error('Query read timeout'))
    stream.destroy()
  }

  handleRowDescription ({ fields }: { fields: readonly FieldDef[] }): void {
    this.fields = fields
  }

  handleDataRow ({ fields }: { fields: unknown[] }): void {
    this.rows.push(fields)
  }

  /** There are more. */
  readonly handlePortalSuspended = ignore
  readonly handleCloseComplete = ignore

  handleCommandComplete (): void {
    this.isOver = true
  }

  handleError (error: Error): void {
    clearTimeout(this.#timer)
    this.#settle.reject(error)
  }

  handleReadyForQuery (): void {
    clearTimeout(this.#timer)
    this.#settle.resolve()
  }
}

export interface Batch {
  readonly fields: readonly FieldDef[]
  readonly rows: readonly unknown[][]
}

let count = 0

interface PortalOptions {
  /** Rows of a batch. */
  readonly size: number
  /** Milliseconds for the server to answer, for each batch; 0: no limit. */
  readonly timeout: number
  /** Waits for an answer. */
  readonly watched: (done: Promise<void>) => Promise<void>
}

/** Runs a statement within a transaction. One batch is asked for ahead. The portal is closed at the end, and when the reader leaves. */
export async function * portal (client: PoolClient, queue: SerialQueue, { text, values }: { text: string, values: readonly unknown[] }, { size, timeout, watched }: PortalOptions): AsyncGenerator<Batch, void> {
  const { prepareValue } = optionalPeer<{ prepareValue: (value: unknown) => unknown }>('fastify-apikit/db: PostgreSQL', 'pg/lib/utils')
  // Before anything is sent: an error inside pg would leave a message half written, and would not reach the reader.
  const prepared = values.map(value => prepareValue(value))
  const name = `apikit_${++count}`
  const ask = (send: (wire: Wire) => void): { exchange: Exchange, done: Promise<void> } => {
    const exchange = new Exchange(send, timeout)
    const done = watched(queue.run(() => client.query(exchange).done))
    // It may fail before somebody waits for it.
    done.catch(ignore)
    return { exchange, done }
  }
  const execute = (wire: Wire): void => { wire.execute({ portal: name, rows: size }, true) }
  let next = ask(wire => {
    wire.parse({ text, name: '', types: [] }, true)
    wire.bind({ portal: name, statement: '', values: prepared, binary: false }, true)
    wire.describe({ type: 'P', name }, true)
    execute(wire)
  })
  let fields: readonly FieldDef[] | undefined
  try {
    for (;;) {
      const { exchange, done } = next
      await done
      fields ??= exchange.fields
      if (!exchange.isOver) next = ask(execute)
      if (exchange.rows.length > 0) yield { fields, rows: exchange.rows }
      if (exchange.isOver) return
    }
  } finally {
    await next.done.catch(ignore)
    await ask(wire => { wire.close({ type: 'P', name }, true) }).done.catch(ignore)
  }
}
