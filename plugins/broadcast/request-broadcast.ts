/**
 * `request.broadcast`: what a request publishes, if its work is kept.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { transactionOf } from '../core/request/transaction.ts'
import type { Hub } from './hub.ts'
import type { Topic } from './topic.ts'

export class RequestBroadcast {
  readonly #request: FastifyRequest
  readonly #hub: Hub

  constructor (request: FastifyRequest, hub: Hub) {
    this.#request = request
    this.#hub = hub
  }

  /**
   * Publishes a message once the request's transaction is committed, so that a subscriber finds what it is told of. Never, if it is rolled back.
   * Without a transaction it is published at once. A message that cannot be sent after the commit is logged: the request has succeeded.
   *
   * ```ts
   * await request.broadcast.publish(line.of(room), { text })
   * ```
   *
   * @throws APIKIT_ERR_BROADCAST_MESSAGE, APIKIT_ERR_BROADCAST_TOO_LARGE when the message does not match or is too long; at once, also within a transaction
   * @throws APIKIT_ERR_BROADCAST_UNAVAILABLE, a 503, when the server cannot be reached and there is no transaction
   */
  async publish<Message> (topic: Topic<Message>, message: Message): Promise<void> {
    const text = this.#hub.encode(topic, message)
    const send = (): Promise<void> => this.#hub.send(topic.name, text)
    const transaction = transactionOf(this.#request)
    if (transaction === undefined) await send()
    else transaction.afterCommit(send)
  }
}
