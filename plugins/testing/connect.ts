/**
 * A client of WebSockets, without a server.
 *
 * @module
 */

import type { ClientRequest, IncomingMessage } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Static, TSchema } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { checked } from './checked.ts'
import { APIKIT_ERR_CONNECT } from './errors.ts'
import { type Sent, urlOf, type Wire } from './inject.ts'

/** As much of a WebSocket of `ws` as is needed here. */
interface Client {
  readonly readyState: number
  on (event: 'message', listener: (data: unknown, isBinary: boolean) => void): void
  once (event: 'open', listener: () => void): void
  once (event: 'close', listener: (code: number, reason: Uint8Array) => void): void
  once (event: 'unexpected-response', listener: (request: ClientRequest, response: IncomingMessage) => void): void
  on (event: 'error', listener: (error: Error) => void): void
  send (data: string | Uint8Array): void
  close (code?: number, reason?: string): void
  terminate (): void
}

type ClientClass = new (url: string, protocols: readonly string[], options: object) => Client

/** How a socket was closed. */
export interface Closed {
  /** 1005 when no code was sent, 1006 when the connection was lost. */
  readonly code: number
  readonly reason: string
}

/** The handshake of a WebSocket was refused. */
export class HandshakeRefused extends APIKIT_ERR_CONNECT {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown

  constructor (route: string, status: number, headers: IncomingMessage['headers'], payload: string) {
    super(`${route} refused the handshake with ${status}: ${payload}`)
    this.status = status
    this.headers = headers
    this.body = /json/.test(String(headers['content-type'])) ? JSON.parse(payload) : payload
  }
}

/** What `connect` takes beside the parts of the request. */
export interface Talk<Out extends TSchema | undefined, In extends TSchema | undefined> {
  /** Schema of what the test sends: gives `send` its type, and sends JSON. Nothing is checked, so that a test can be wrong on purpose. */
  readonly send?: Out
  /** Schema of what the app sends: JSON, which is checked. */
  readonly receive?: In
  /** Subprotocols to ask for. */
  readonly protocols?: readonly string[]
}

type Outgoing<Out> = Out extends TSchema ? Wire<Static<Out>> : string | Uint8Array
type Incoming<In> = In extends TSchema ? Wire<Static<In>> : string | Buffer

/** The client's end of a socket. */
export class TestSocket<Out extends TSchema | undefined, In extends TSchema | undefined> implements AsyncIterable<Incoming<In>> {
  /** Of the package `ws`, for what is not here. */
  readonly socket: Client
  /** Settled when the socket is closed. */
  readonly closed: Promise<Closed>
  readonly #route: string
  readonly #talk: Talk<Out, In>
  readonly #messages: Array<string | Buffer> = []
  #ended: Closed | undefined
  #wake = (): void => {}

  constructor (socket: Client, route: string, talk: Talk<Out, In>) {
    this.socket = socket
    this.#route = route
    this.#talk = talk
    socket.on('message', (data, isBinary) => {
      this.#messages.push(isBinary ? data as Buffer : String(data))
      this.#wake()
    })
    this.closed = new Promise(resolve => {
      socket.once('close', (code, reason) => {
        resolve(this.#ended = { code, reason: Buffer.from(reason).toString() })
        this.#wake()
      })
    })
  }

  /** Sends a message. */
  send (value: Outgoing<Out>): void {
    this.socket.send(this.#talk.send === undefined ? value as string : JSON.stringify(value))
  }

  /**
   * Returns the next message.
   *
   * @throws APIKIT_ERR_CONNECT when the socket is closed, or the message does not fit its schema
   */
  async receive (): Promise<Incoming<In>> {
    const next = await this.#next()
    if (next !== undefined) return next.value
    const { code, reason } = await this.closed
    throw new APIKIT_ERR_CONNECT(`${this.#route} closed the socket with ${code}${reason === '' ? '' : `: ${reason}`}`)
  }

  /** The messages, until the socket is closed. */
  async * [Symbol.asyncIterator] (): AsyncGenerator<Incoming<In>, void, undefined> {
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) yield next.value
  }

  /** Closes the socket, and returns how it was closed. */
  async close (code = 1000, reason = ''): Promise<Closed> {
    this.socket.close(code, reason)
    return await this.closed
  }

  /** Cuts the connection, as a client that vanishes. */
  async vanish (): Promise<Closed> {
    this.socket.terminate()
    return await this.closed
  }

  async #next (): Promise<{ readonly value: Incoming<In> } | undefined> {
    while (this.#messages.length === 0) {
      if (this.#ended !== undefined) return undefined
      await new Promise<void>(resolve => { this.#wake = resolve })
    }
    const message = this.#messages.shift() as string | Buffer
    const { receive: schema } = this.#talk
    if (schema === undefined) return { value: message as Incoming<In> }
    const problem = checked(schema, JSON.parse(String(message)))
    if (problem !== undefined) throw new APIKIT_ERR_CONNECT(`${this.#route} sent something else than its schema says: ${problem}: ${String(message)}`)
    return { value: JSON.parse(String(message)) }
  }
}

type Parts<Path extends string> = Omit<Sent<Path>, 'json' | 'form'>
type Everything<Out extends TSchema | undefined, In extends TSchema | undefined> = Parts<'/'> & Talk<Out, In> & { readonly params?: Readonly<Record<string, string | number>> }
type Optionally<Part> = object extends Part ? [sent?: Part] : [sent: Part]

/**
 * Opens a WebSocket without a server: a handshake and frames as on the wire, in memory. The app needs
 * `fastify-apikit/websocket`.
 *
 * ```ts
 * const socket = await connect(app, '/rooms/:room', { params: { room: 'tea' }, send: Said, receive: Line })
 * socket.send({ text: 'hello' })
 * const { text, at } = await socket.receive()
 * await socket.close()
 * ```
 *
 * @param path as the route declares it
 * @param sent the parts of the request, and the schemas of the messages
 * @throws HandshakeRefused with the status, headers and body of the answer
 * @throws APIKIT_ERR_CONNECT where the app serves no WebSockets
 */
export async function connect<Path extends `/${string}`, Out extends TSchema | undefined = undefined, In extends TSchema | undefined = undefined> (
  app: FastifyInstance, path: Path, ...[sent]: Optionally<Parts<Path> & Talk<Out, In>>
): Promise<TestSocket<Out, In>> {
  await app.ready()
  const { headers = {}, cookies = {}, protocols = [], ...parts } = (sent ?? {}) as Everything<Out, In>
  const Class = Object(Reflect.get(app, 'websocketServer')).options?.WebSocket as ClientClass | undefined
  if (Class === undefined) throw new APIKIT_ERR_CONNECT('connect() needs fastify-apikit/websocket, which is not registered')

  const [near, far] = duplexPair()
  // One end does not know of the other's.
  near.once('close', () => { far.destroy() })
  far.once('close', () => { near.push(null) })
  app.server.emit('connection', far)
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join('; ')
  const client = new Class(`ws://localhost${urlOf(path, parts)}`, protocols, {
    headers: { ...cookie !== '' && { cookie }, ...headers },
    createConnection: (): Duplex => near
  })
  const socket = new TestSocket<Out, In>(client, path, parts)
  await opened(client, path)
  return socket
}

async function opened (client: Client, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject)
    client.once('open', resolve)
    client.once('unexpected-response', (_request, response) => {
      text(response).then(payload => { reject(new HandshakeRefused(path, Number(response.statusCode), response.headers, payload)) }, reject)
    })
  })
}
