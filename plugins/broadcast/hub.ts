/**
 * Hands messages to the server, and those that arrive to who subscribed.
 *
 * @module
 */

import type { FastifyBaseLogger } from 'fastify'
import type { Broadcast } from './broadcast.ts'
import { deepFreeze } from '../core/deep-freeze.ts'
import { APIKIT_ERR_BROADCAST_TOO_LARGE, APIKIT_ERR_BROADCAST_UNAVAILABLE, APIKIT_ERR_TOPIC } from './errors.ts'
import type { ParsedOptions } from './options.ts'
import { QueuedSubscription, type SubscribeOptions, type Subscription } from './subscription.ts'
import type { AnyTopic, Topic } from './topic.ts'
import type { Receiver, Transport } from './transport.ts'

const CLOSING = 'the app is closing'

interface Channel {
  readonly topic: AnyTopic
  readonly subscriptions: Set<QueuedSubscription>
  /** Settled when the transport listens. */
  readonly ready: Promise<void>
}

export class Hub implements Broadcast, Receiver {
  readonly #transport: Transport
  readonly #options: ParsedOptions
  readonly #log: FastifyBaseLogger
  readonly #channels = new Map<string, Channel>()
  /** Nothing can be subscribed to any more. Requests under way may still publish. */
  #isEnding = false
  #isClosed = false

  constructor (transport: Transport, options: ParsedOptions, log: FastifyBaseLogger) {
    this.#transport = transport
    this.#options = options
    this.#log = log
  }

  get isConnected (): boolean {
    return this.#transport.isConnected && !this.#isEnding
  }

  get subscriptions (): number {
    return [...this.#channels.values()].reduce((sum, { subscriptions }) => sum + subscriptions.size, 0)
  }

  async publish<Message> (topic: Topic<Message>, message: Message): Promise<void> {
    await this.send(topic.name, this.encode(topic, message))
  }

  encode<Message> (topic: Topic<Message>, message: Message): string {
    const text = topic.encode(message)
    const size = Buffer.byteLength(text)
    if (size > this.#options.maxBytes) throw new APIKIT_ERR_BROADCAST_TOO_LARGE(topic.name, size, this.#options.maxBytes)
    return text
  }

  async send (channel: string, text: string): Promise<void> {
    await this.#reach(() => this.#transport.send(channel, text))
  }

  async subscribe<Message> (topic: Topic<Message>, options: SubscribeOptions = {}): Promise<Subscription<Message>> {
    const { name } = topic
    const { maxBuffered } = this.#options
    const given = { ...options, ...options.onLost !== undefined && { onLost: this.#guarded(options.onLost) } }
    if (options.signal?.aborted) return new QueuedSubscription(name, maxBuffered, given, () => {}) as Subscription<never> as Subscription<Message>
    if (this.#isEnding) throw new APIKIT_ERR_BROADCAST_UNAVAILABLE(CLOSING)
    const channel = this.#channel(topic as unknown as AnyTopic)
    const subscription = new QueuedSubscription(name, maxBuffered, given, () => { this.#leave(channel, subscription) })
    channel.subscriptions.add(subscription)
    try {
      await this.#reach(() => channel.ready)
    } catch (error) {
      subscription.end()
      throw error
    }
    return subscription as Subscription<never> as Subscription<Message>
  }

  /** What a subscriber throws is not for who published. */
  #guarded (onLost: (reason: string) => void): (reason: string) => void {
    return reason => {
      try {
        onLost(reason)
      } catch (error) {
        this.#log.error({ err: error }, 'onLost of a subscription failed')
      }
    }
  }

  #channel (topic: AnyTopic): Channel {
    const { name } = topic
    const known = this.#channels.get(name)
    if (known !== undefined && known.topic.schema !== topic.schema) throw new APIKIT_ERR_TOPIC(`${name}: two topics have this name. Declare it once, and import it.`)
    if (known !== undefined) return known
    const ready = this.#transport.listen(name)
    // Told to those who wait for it.
    ready.catch(() => {})
    const channel: Channel = { topic, subscriptions: new Set(), ready }
    this.#channels.set(name, channel)
    return channel
  }

  #leave ({ topic: { name }, subscriptions }: Channel, subscription: QueuedSubscription): void {
    subscriptions.delete(subscription)
    if (subscriptions.size > 0) return
    this.#channels.delete(name)
    this.#transport.unlisten(name).catch(error => { this.#log.debug({ err: error }, 'a topic could not be left: the connection is lost') })
  }

  async #reach<T> (work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new APIKIT_ERR_BROADCAST_UNAVAILABLE(CLOSING)
    try {
      return await work()
    } catch (cause) {
      throw Object.assign(new APIKIT_ERR_BROADCAST_UNAVAILABLE('the server that carries messages cannot be reached'), { cause })
    }
  }

  receive (name: string, text: string): void {
    const channel = this.#channels.get(name)
    if (channel === undefined) return
    const read = this.#decode(channel.topic, text)
    for (const subscription of [...channel.subscriptions]) {
      if (read === undefined) subscription.lose('a message does not fit the schema of the topic')
      else subscription.take(read.message)
    }
  }

  #decode (topic: AnyTopic, text: string): { readonly message: unknown } | undefined {
    try {
      const read = topic.decode(text)
      if (read !== undefined) {
        deepFreeze(read.message)
        return read
      }
      this.#log.error({ topic: topic.name }, 'a message does not fit the schema of its topic: another version of the app has published it')
    } catch (error) {
      this.#log.error({ err: error, topic: topic.name }, 'a message of a topic cannot be read')
    }
    return undefined
  }

  lost (reason: string): void {
    for (const { subscriptions } of [...this.#channels.values()]) for (const subscription of [...subscriptions]) subscription.lose(reason)
  }

  /** Ends all subscriptions: those who read them can finish their responses. */
  end (): void {
    this.#isEnding = true
    for (const { subscriptions } of [...this.#channels.values()]) for (const subscription of [...subscriptions]) subscription.end()
  }

  /** Refuses messages from now on, and leaves the server. */
  async close (): Promise<void> {
    this.#isClosed = true
    await this.#transport.close()
  }
}
