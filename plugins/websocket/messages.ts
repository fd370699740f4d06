/**
 * The messages of a socket, checked by a schema on their way in and written by one on their way out.
 *
 * @module
 */

import type { Static, StaticDecode, TSchema } from '@fastify/type-provider-typebox'
import { jsonable } from '../response-model/index.ts'
import { Json } from '../types/index.ts'
import { type Issue, parse, ValidationError } from '../validation/index.ts'
import { shortened, WebSocketDisconnect, WebSocketException } from './exceptions.ts'
import { close, CLOSED, isAbandoned, OPEN, type Socket } from './socket.ts'

/** What `socketOf` takes. */
export interface MessageOptions<In extends TSchema | undefined, Out extends TSchema | undefined> {
  /** Schema of the messages from the client, which are JSON. Without it they are texts and buffers. */
  readonly receive?: In
  /** Model of the messages to the client, which are sent as JSON. Without it texts and bytes are sent. */
  readonly send?: Out
  /**
   * Called with a message that does not match, which is then skipped. Without it the socket is closed: with 1007 for what
   * is not JSON, 1008 for what does not fit the schema, 1003 for bytes.
   */
  readonly onInvalid?: (error: ValidationError | WebSocketException, message: string | Buffer) => unknown
}

export type Received<In> = In extends TSchema ? StaticDecode<In> : string | Buffer
export type Sendable<Out> = Out extends TSchema ? Static<Out> : string | Uint8Array

interface Ended {
  readonly code: number
  readonly reason: string
}

/** JSON texts of a schema: wrapped once, as what is compiled is kept by the schema. */
const texts = new WeakMap<TSchema, TSchema>()

function textOf (schema: TSchema): TSchema {
  const known = texts.get(schema) ?? Json(schema)
  texts.set(schema, known)
  return known
}

export class Messages<In extends TSchema | undefined, Out extends TSchema | undefined> implements AsyncIterable<Received<In>> {
  readonly #socket: Socket
  readonly #options: MessageOptions<In, Out>
  readonly #queue: Array<string | Buffer> = []
  readonly #waiting: Array<() => void> = []
  #ended: Ended | undefined

  constructor (socket: Socket, options: MessageOptions<In, Out>) {
    this.#socket = socket
    this.#options = options
    if (socket.readyState === CLOSED) this.#ended = { code: 1006, reason: '' }
    socket.on('message', (data, isBinary) => { this.#take(isBinary ? data as Buffer : String(data)) })
    socket.once('close', (code, reason) => {
      this.#ended = { code, reason: Buffer.from(reason).toString() }
      this.#wake()
    })
  }

  /**
   * Returns the next message. Messages behind it wait in the connection, not in memory, until the next one is asked for.
   *
   * @throws WebSocketDisconnect when the socket is closed
   * @throws WebSocketException for a message that does not fit, without `onInvalid`
   */
  async receive (): Promise<Received<In>> {
    const next = await this.#next()
    if (next !== undefined) return next.value
    throw this.#disconnect()
  }

  /**
   * The messages, until the other side closes the socket, or this one.
   *
   * @throws WebSocketDisconnect when the connection is lost
   */
  async * [Symbol.asyncIterator] (): AsyncGenerator<Received<In>, void, undefined> {
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) yield next.value
    const disconnect = this.#disconnect()
    if (disconnect.closeCode === 1006) throw disconnect
  }

  /**
   * Sends a message. Wait for it, and you are held back by a client that reads slowly.
   *
   * @returns settled when the message is written; rejected with `WebSocketDisconnect` when the socket is closed, which need
   *   not be handled
   * @throws APIKIT_ERR_RESPONSE for a value that does not fit the model
   */
  send (value: Sendable<Out>): Promise<void> {
    const { send: schema } = this.#options
    const data = schema === undefined ? value as string : JSON.stringify(jsonable(value, { schema }))
    const sent = new Promise<void>((resolve, reject) => {
      this.#socket.send(data, error => {
        if (error) reject(this.#disconnect())
        else resolve()
      })
    })
    // Who does not wait for it must not end the process.
    sent.catch(() => {})
    return sent
  }

  /** Closes the socket. */
  close (code = 1000, reason = ''): void {
    close(this.#socket, code, shortened(reason))
  }

  #take (message: string | Buffer): void {
    // Not read any more: the socket is closed from this side, or its handler has ended.
    if (this.#socket.readyState !== OPEN || isAbandoned(this.#socket)) return
    this.#queue.push(message)
    this.#socket.pause()
    this.#wake()
  }

  async #next (): Promise<{ readonly value: Received<In> } | undefined> {
    for (;;) {
      const message = this.#queue.shift()
      if (message !== undefined) {
        const read = await this.#read(message)
        if (read !== undefined) return read
      } else if (this.#ended !== undefined) {
        return undefined
      } else {
        this.#socket.resume()
        await new Promise<void>(resolve => { this.#waiting.push(resolve) })
      }
    }
  }

  async #read (message: string | Buffer): Promise<{ readonly value: Received<In> } | undefined> {
    const { receive: schema, onInvalid } = this.#options
    if (schema === undefined) return { value: message as Received<In> }
    let refusal: WebSocketException
    try {
      if (typeof message !== 'string') throw new WebSocketException(1003, 'Expected a text message')
      return { value: parse(textOf(schema), message) as Received<In> }
    } catch (error) {
      if (error instanceof ValidationError) refusal = refused(error)
      else if (error instanceof WebSocketException) refusal = error
      else throw error
    }
    if (onInvalid === undefined) {
      this.close(refusal.closeCode, refusal.reason)
      throw refusal
    }
    await onInvalid(refusal.cause instanceof ValidationError ? refusal.cause : refusal, message)
    return undefined
  }

  #wake (): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #disconnect (): WebSocketDisconnect {
    const { code, reason } = this.#ended ?? { code: 1006, reason: '' }
    return new WebSocketDisconnect(code, reason)
  }
}

function refused (error: ValidationError): WebSocketException {
  const [{ type, loc, msg }] = error.errors() as readonly [Issue]
  return new WebSocketException(type === 'json_invalid' ? 1007 : 1008, [loc.join('.'), msg].filter(part => part !== '').join(': '), { cause: error })
}

/**
 * Reads and writes the messages of a socket. Call it before the first `await` of a handler: messages that come before are
 * lost.
 *
 * ```ts
 * app.get('/chat', { websocket: true }, async socket => {
 *   const messages = socketOf(socket, { receive: Type.Object({ text: Type.String() }), send: Line })
 *   for await (const { text } of messages) await messages.send({ text, at: new Date() })
 * })
 * ```
 *
 * @param socket of a handler
 * @param options schemas of the messages
 */
export function socketOf<In extends TSchema | undefined = undefined, Out extends TSchema | undefined = undefined> (
  socket: Socket, options: MessageOptions<In, Out> = {}
): Messages<In, Out> {
  return new Messages(socket, options)
}
