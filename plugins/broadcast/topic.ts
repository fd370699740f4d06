/**
 * Topics: what messages are about, and what they look like.
 *
 * @module
 */

import type { Static, TSchema } from '@fastify/type-provider-typebox'
import { valueReader, type ValueReading } from '../core/schema/value-reader.ts'
import { jsonable } from '../response-model/index.ts'
import { APIKIT_ERR_BROADCAST_MESSAGE, APIKIT_ERR_TOPIC } from './errors.ts'

const NAME = /^[\w.-]{1,100}$/

/** Characters of a key, which may come from a client. */
const LONGEST_KEY = 500

/** What messages are published to. Made by `topic()`. */
export class Topic<Message = never> {
  /** Name of the topic, with its key: `room:42`. */
  readonly name: string
  readonly schema: TSchema
  readonly #read: (value: unknown) => ValueReading
  /** Only a type: the message of `publish`. */
  declare readonly message: (message: Message) => void

  constructor (name: string, schema: TSchema, read: (value: unknown) => ValueReading) {
    this.name = name
    this.schema = schema
    this.#read = read
  }

  /**
   * Returns the topic of one thing among many: `room.of(42)`.
   *
   * @param key at most 500 characters. Topics are found by their exact name, so a key of a client reaches no other topic.
   * @throws APIKIT_ERR_TOPIC for a key that is empty, too long, or has a lone surrogate
   */
  of (key: string | number | bigint): Topic<Message> {
    const text = String(key)
    if (text === '' || text.length > LONGEST_KEY || !text.isWellFormed()) throw new APIKIT_ERR_TOPIC(`${this.name}: a key has 1 to ${LONGEST_KEY} characters, and no lone surrogates`)
    return new Topic<Message>(`${this.name}:${text}`, this.schema, this.#read)
  }

  /**
   * Returns a message as JSON, without fields that the schema does not have.
   *
   * @throws APIKIT_ERR_BROADCAST_MESSAGE when it does not match the schema
   */
  encode (message: Message): string {
    try {
      return JSON.stringify(jsonable(message, { schema: this.schema }))
    } catch (error) {
      throw new APIKIT_ERR_BROADCAST_MESSAGE(this.name, { cause: Object(error).cause })
    }
  }

  /** Returns the message of a text, or `undefined` for one that does not match the schema: another version of the app wrote it. */
  decode (text: string): { readonly message: Message } | undefined {
    const reading = this.#read(JSON.parse(text))
    return 'issues' in reading ? undefined : { message: reading.value as Message }
  }
}

/** A topic with any message. */
export type AnyTopic = Topic<never>

/**
 * Declares what messages are published to.
 *
 * ```ts
 * export const line = topic('line', Type.Object({ text: Type.String() }))
 *
 * await app.broadcast.publish(line.of(room), { text })
 * ```
 *
 * @param name at most 100 letters, digits, `-`, `_` and `.`. Processes that use one name hear each other.
 * @param schema of the messages, which are sent as JSON. Domain types are restored for those who read.
 * @throws APIKIT_ERR_TOPIC when the name or the schema is invalid
 */
export function topic<S extends TSchema> (name: string, schema: S): Topic<Static<S>> {
  if (!NAME.test(name)) throw new APIKIT_ERR_TOPIC(`${JSON.stringify(name)}: a name has 1 to 100 letters, digits, "-", "_" and "."`)
  const refusal = (problems: string): Error => new APIKIT_ERR_TOPIC(`${name}: ${problems}`)
  return new Topic<Static<S>>(name, schema, valueReader(schema, { name: 'message', refusal, maxIssues: 1 }))
}
