/**
 * Messages by PUBLISH and SUBSCRIBE of Redis, on two connections of this process.
 *
 * @module
 * @see https://redis.io/docs/latest/develop/pubsub/
 */

import type { Redis as RedisClient, RedisOptions } from 'ioredis'
import { optionalPeer } from '../../core/peer.ts'
import type { Receiver, Transport } from '../transport.ts'

export interface RedisTransportOptions {
  readonly url: string
  readonly prefix: string
  readonly connectTimeout: number
}

interface IoRedis {
  readonly Redis: new (url: string, options: RedisOptions) => RedisClient
}

const FIRST_DELAY = 100
const LONGEST_DELAY = 5000

export class RedisTransport implements Transport {
  readonly #prefix: string
  readonly #publisher: RedisClient
  readonly #subscriber: RedisClient

  constructor ({ url, prefix, connectTimeout }: RedisTransportOptions) {
    const { Redis } = optionalPeer<IoRedis>('fastify-apikit/broadcast: Redis', 'ioredis')
    this.#prefix = `${prefix}:`
    const options: RedisOptions = {
      lazyConnect: true,
      connectTimeout,
      commandTimeout: connectTimeout,
      // What cannot be sent now fails now.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: attempt => Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY)
    }
    this.#publisher = new Redis(url, options)
    this.#subscriber = new Redis(url, options)
    // They connect anew by themselves.
    for (const client of [this.#publisher, this.#subscriber]) client.on('error', () => {})
  }

  get isConnected (): boolean {
    return this.#publisher.status === 'ready' && this.#subscriber.status === 'ready'
  }

  async open (receiver: Receiver): Promise<void> {
    const clients = [this.#publisher, this.#subscriber]
    try {
      for (const client of clients) await client.connect()
    } catch (error) {
      for (const client of clients) client.disconnect()
      throw error
    }
    this.#subscriber.on('message', (channel, text) => { receiver.receive(channel.slice(this.#prefix.length), text) })
    this.#subscriber.on('close', () => { receiver.lost('the connection to Redis was lost') })
  }

  async listen (channel: string): Promise<void> {
    await this.#subscriber.subscribe(this.#prefix + channel)
  }

  async unlisten (channel: string): Promise<void> {
    await this.#subscriber.unsubscribe(this.#prefix + channel)
  }

  async send (channel: string, text: string): Promise<void> {
    await this.#publisher.publish(this.#prefix + channel, text)
  }

  async close (): Promise<void> {
    this.#subscriber.removeAllListeners('close')
    for (const client of [this.#publisher, this.#subscriber]) client.disconnect()
  }
}
