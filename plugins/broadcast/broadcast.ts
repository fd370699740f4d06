/**
 * `app.broadcast`: what an app sees of it.
 *
 * @module
 */

import type { Subscription, SubscribeOptions } from './subscription.ts'
import type { Topic } from './topic.ts'

export interface Broadcast {
  /** Whether messages get through at present. While they do not, `publish` and `subscribe` reject. */
  readonly isConnected: boolean

  /** Number of open subscriptions of this process. */
  readonly subscriptions: number

  /**
   * Publishes a message to all who subscribe to the topic at present, in every process. It reaches each of them at most once,
   * in the order in which this process published them. Messages are not stored.
   *
   * @returns resolved when the server has it, not when it was read
   * @throws APIKIT_ERR_BROADCAST_MESSAGE when it does not match the schema of the topic
   * @throws APIKIT_ERR_BROADCAST_TOO_LARGE when it is longer than `maxBytes`
   * @throws APIKIT_ERR_BROADCAST_UNAVAILABLE, a 503, when the server cannot be reached
   */
  publish<Message> (topic: Topic<Message>, message: Message): Promise<void>

  /**
   * Subscribes to a topic. Messages that are published after this is resolved are read in order: read the state after it,
   * and nothing is missed between.
   *
   * ```ts
   * for await (const { text } of await app.broadcast.subscribe(line, { signal: request.signal })) yield { text }
   * ```
   *
   * @param options `signal` ends it, `onLost` is told of missed messages
   * @returns an iterator, which ends with the signal and when the app closes. Its messages are frozen: others read them, too.
   * @throws APIKIT_ERR_BROADCAST_UNAVAILABLE, a 503, when the server cannot be reached
   */
  subscribe<Message> (topic: Topic<Message>, options?: SubscribeOptions): Promise<Subscription<Message>>
}
