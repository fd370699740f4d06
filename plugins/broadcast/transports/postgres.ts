/**
 * Messages by LISTEN and NOTIFY of PostgreSQL, on one connection of this process.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */

import { createHash } from 'node:crypto'
import type { Client as PgClient, ClientConfig, Notification } from 'pg'
import { optionalPeer } from '../../core/peer.ts'
import { SerialQueue } from '../../core/serial-queue.ts'
import type { Receiver, Transport } from '../transport.ts'

export interface PostgresTransportOptions {
  readonly url: string
  readonly prefix: string
  readonly connectTimeout: number
}

interface Pg {
  readonly Client: new (config: ClientConfig) => PgClient
}

interface Waiting extends PromiseWithResolvers<void> {
  readonly channel: string
  readonly text: string
}

/** Of a message. */
export const MOST_BYTES = 7999

/** Of one statement. */
const MOST_TEXTS = 500
const FIRST_DELAY = 100
const LONGEST_DELAY = 5000

/** Milliseconds. If a statement takes longer, the connection counts as lost. */
const STATEMENT_TIMEOUT = 10_000

export class PostgresTransport implements Transport {
  readonly #options: PostgresTransportOptions
  readonly #Client: Pg['Client']
  /** Of what is listened to, by its name in PostgreSQL. */
  readonly #channels = new Map<string, string>()
  readonly #waiting: Waiting[] = []
  #receiver: Receiver | undefined
  #client: PgClient | undefined
  #isSending = false
  readonly #statements = new SerialQueue()
  #isClosed = false
  #retry: NodeJS.Timeout | undefined

  constructor (options: PostgresTransportOptions) {
    this.#options = options
    this.#Client = optionalPeer<Pg>('fastify-apikit/broadcast: PostgreSQL', 'pg').Client
  }

  get isConnected (): boolean {
    return this.#client !== undefined
  }

  async open (receiver: Receiver): Promise<void> {
    this.#receiver = receiver
    await this.#connect()
  }

  async #connect (): Promise<void> {
    const { url, connectTimeout } = this.#options
    const client = new this.#Client({ connectionString: url, connectionTimeoutMillis: connectTimeout, query_timeout: STATEMENT_TIMEOUT, keepAlive: true })
    // The end follows an error.
    client.on('error', () => {})
    client.on('notification', message => { this.#take(message) })
    try {
      await client.connect()
      for (const id of this.#channels.keys()) await client.query(`listen ${id}`)
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    if (this.#isClosed) {
      await client.end()
      return
    }
    client.once('end', () => { this.#lose() })
    this.#client = client
  }

  #lose (): void {
    this.#client = undefined
    if (this.#isClosed) return
    this.#receiver?.lost('the connection to PostgreSQL was lost')
    this.#reconnect(FIRST_DELAY)
  }

  #reconnect (delay: number): void {
    this.#retry = setTimeout(() => {
      this.#connect().catch(() => { if (!this.#isClosed) this.#reconnect(Math.min(delay * 2, LONGEST_DELAY)) })
    }, delay)
  }

  #take ({ channel: id, payload = '' }: Notification): void {
    const channel = this.#channels.get(id)
    if (channel !== undefined) this.#receiver?.receive(channel, payload)
  }

  /** PostgreSQL takes 63 bytes, and a key may be longer. */
  #idOf (channel: string): string {
    const hash = createHash('sha256').update(JSON.stringify([this.#options.prefix, channel])).digest('hex')
    return `apikit_${hash.slice(0, 48)}`
  }

  async listen (channel: string): Promise<void> {
    const id = this.#idOf(channel)
    this.#channels.set(id, channel)
    // Another connection listens to it from its beginning.
    await this.#query(`listen ${id}`)
  }

  async unlisten (channel: string): Promise<void> {
    const id = this.#idOf(channel)
    this.#channels.delete(id)
    if (this.isConnected) await this.#query(`unlisten ${id}`)
  }

  async send (channel: string, text: string): Promise<void> {
    const waiting: Waiting = { channel, text, ...Promise.withResolvers<void>() }
    this.#waiting.push(waiting)
    if (!this.#isSending) this.#sendAll()
    await waiting.promise
  }

  /** What is published while a statement is under way leaves with the next, all at once. */
  async #sendAll (): Promise<void> {
    this.#isSending = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_TEXTS)
      try {
        await this.#query('select pg_notify(id, body) from unnest($1::text[], $2::text[]) as message(id, body)', [
          batch.map(({ channel }) => this.#idOf(channel)), batch.map(({ text }) => text)
        ])
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#isSending = false
  }

  #query (text: string, values?: unknown[]): Promise<void> {
    return this.#statements.run(async () => {
      if (this.#client === undefined) throw new Error('not connected to PostgreSQL')
      await this.#client.query(text, values)
    })
  }

  async close (): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#retry)
    await this.#client?.end()
  }
}
