/**
 * A context for each connection, in which its requests begin. A request that is not traced needs none of its own then: to
 * enter a context costs a small request 2 to 6 % of its time.
 *
 * @module
 */

import type { Server } from 'node:http'
import { Duplex } from 'node:stream'
import type { Context } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isRoot } from '../core/scope.ts'
import { LazyContext } from './lazy-context.ts'
import type { Api } from './providers.ts'
import { Unsampled } from './unsampled.ts'

/** As if there were no context, until a request begins that is not traced. */
export class ConnectionContext extends LazyContext {
  readonly #api: Api
  #unsampled: Unsampled | undefined = undefined
  #isUnsampled = false

  constructor (api: Api) {
    super()
    this.#api = api
  }

  /** Whether the request that began last is not traced. */
  get isUnsampled (): boolean {
    return this.#isUnsampled
  }

  /** A request begins that is not traced. Work that an earlier one has left behind continues it: that is not traced either. */
  begin (): void {
    this.#isUnsampled = true
    this.#unsampled = undefined
  }

  /** What comes now is not for the plugin to decide about. */
  forget (): void {
    this.#isUnsampled = false
  }

  protected override look (): Context {
    const { ROOT_CONTEXT } = this.#api
    return this.#isUnsampled ? (this.#unsampled ??= new Unsampled(this.#api, ROOT_CONTEXT)) : ROOT_CONTEXT
  }
}

/** Whether it is the context of a request that is left out, as no tracer can tell without making identifiers for it. */
export function isUnsampled (context: Context): boolean {
  return context instanceof Unsampled || (context instanceof ConnectionContext && context.isUnsampled)
}

/**
 * Gives each connection its context, in place of that in which the app began to listen: the span of a startup has no requests
 * below it. Only where all requests of the server are those of the plugin: others would find what
 * the one before them has left. Where a context does not reach a request, as of an injected one, that request enters its own.
 */
export function enterConnections (app: FastifyInstance, api: Api): void {
  if (!isRoot(app)) return
  const server: Server = app.server
  const raw = server.rawListeners('connection')
  for (const [index, listener] of server.listeners('connection').entries()) {
    // One that is called once has a wrapper already, and serves no requests.
    if (raw[index] !== listener) continue
    server.off('connection', listener as () => void)
    // As `once` does it: who has added the listener can see and remove it.
    server.on('connection', Object.assign(function (this: Server, ...values: unknown[]) {
      return api.context.with(new ConnectionContext(api), () => Reflect.apply(listener, this, values))
    }, { listener }))
  }
  // What another library does with a connection is not below the requests that came before.
  for (const event of ['upgrade', 'connect']) before(server, event, () => { connectionOf(api.context.active())?.forget() })
}

/** Calls something before the listeners of an event, as long as there are any: for Node, one alone makes a request an upgrade. */
function before (server: Server, event: string, call: () => void): void {
  const add = (): void => { if (!server.listeners(event).includes(call)) server.prependListener(event, call) }
  if (server.listenerCount(event) > 0) add()
  server.on('newListener', (name, listener) => { if (name === event && listener !== call) add() })
  server.on('removeListener', name => { if (name === event && server.listenerCount(event) === 1) server.off(event, call) })
}

/** Whether the request is injected by one that is left out: it has come over no connection. */
export function isInjectedBy (connection: ConnectionContext, { raw }: FastifyRequest): boolean {
  return connection.isUnsampled && !(raw.socket instanceof Duplex)
}

/** The context of a connection, if it is one. */
export function connectionOf (context: Context): ConnectionContext | undefined {
  return context instanceof ConnectionContext ? context : undefined
}
