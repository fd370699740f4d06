/**
 * What a request has opened, and when it is closed: exactly once, whatever becomes of the request.
 *
 * @module
 */

import { finished, Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { APIKIT_ERR_CLIENT_GONE } from '../core/errors.ts'
import { over, released } from '../core/request/wait-until.ts'
import { APIKIT_ERR_GENERATOR } from './errors.ts'
import { isThenable, type Opened, type Raised, start, type Unwound, unwind, yielded } from './generators.ts'

export class Teardown {
  readonly #reply: FastifyReply
  readonly #ongoing: Set<Promise<unknown>>
  readonly #functions: Opened[] = []
  readonly #requests: Opened[] = []
  /** The closing that is under way; a second one waits for it. */
  #closing: Promise<unknown> | undefined
  #handler: 'not called' | 'running' | 'done' = 'not called'
  /** What the handler threw after its answer. */
  #thrown: Raised | undefined
  #answering = false
  #answered = false
  #payload: Readable | undefined
  /** The dependencies that come before the body are there; the body is not read yet. */
  #awaitsBody = false
  /** The client went before its body was read, so nothing calls the handler. */
  #isAbandoned = false
  /** The response is sent, or the client is gone. */
  #left: boolean
  #over = false
  /** The closing of what ends before the response, where nobody waits for a response any more. */
  #functionsEnd: Promise<Unwound> | undefined
  /** What of that Fastify brings to `fail`. */
  #rethrown: Raised | undefined

  /** @param ongoing where the end of a request is kept while it lasts, for the app to wait for when it closes */
  constructor (reply: FastifyReply, ongoing: Set<Promise<unknown>>) {
    this.#reply = reply
    this.#ongoing = ongoing
    this.#left = reply.raw.destroyed
    const leave = () => {
      this.#left = true
      this.#endIfOver()
    }
    reply.raw.once('finish', leave)
    reply.raw.once('close', leave)
  }

  open (label: string, scope: string | undefined, generator: Generator<unknown, unknown, unknown>): unknown {
    const value = yielded(label, start(label, generator))
    this.#stack(scope).push({ label, generator })
    return value
  }

  async openAsync (label: string, scope: string | undefined, generator: AsyncGenerator<unknown, unknown, unknown>): Promise<unknown> {
    const value = yielded(label, await start(label, generator))
    if (this.#over) {
      // Too late, as when the handler's timeout has been answered meanwhile.
      await generator.return(undefined)
      throw new APIKIT_ERR_GENERATOR(`the request was over before the dependency "${label}" was ready`)
    }
    this.#stack(scope).push({ label, generator })
    return value
  }

  #stack (scope: string | undefined): Opened[] {
    return scope === 'function' ? this.#functions : this.#requests
  }

  /**
   * The request goes on to its body now.
   *
   * @throws APIKIT_ERR_CLIENT_GONE when the body will not come
   */
  awaitBody (): void {
    this.#awaitsBody = true
    if (this.#left && isBodyLost(this.#reply.request)) throw new APIKIT_ERR_CLIENT_GONE()
  }

  /**
   * The body is read, or there is none: from here on the request runs its course, whether or not the client is there.
   *
   * @throws APIKIT_ERR_CLIENT_GONE when the request has been given up meanwhile
   */
  goOn (): void {
    this.#awaitsBody = false
    if (this.#isAbandoned) throw new APIKIT_ERR_CLIENT_GONE()
  }

  /** Runs the handler; nothing is closed under its feet because the client is gone. */
  handle (handler: () => unknown): unknown {
    this.goOn()
    this.#handler = 'running'
    let result: unknown
    try {
      result = handler()
    } catch (error) {
      this.#handled({ error })
      throw error
    }
    if (isThenable(result)) result.then(() => { this.#handled() }, error => { this.#handled({ error }) })
    else this.#handled()
    return result
  }

  #handled (thrown?: Raised): void {
    this.#handler = 'done'
    // Fastify brings the error to `fail`, unless an answer is under way already.
    if (thrown !== undefined && !this.#reply.sent) return
    this.#thrown = thrown
    this.#endIfOver()
  }

  /** Closes what ends before the response is sent; throws what that throws. */
  answer (payload: unknown): Promise<void> | undefined {
    if (payload instanceof Readable) this.#payload = payload
    // The client is gone, and they are closed already, or just then.
    if (this.#functionsEnd !== undefined) return this.#rethrow(this.#functionsEnd)
    if (this.#functions.length > 0) return this.#closeFunctions()
    this.#answered = true
    this.#endIfOver()
    return undefined
  }

  async #rethrow (end: Promise<Unwound>): Promise<void> {
    const { raised } = await end
    if (raised === undefined) return
    this.#rethrown = raised
    throw raised.error
  }

  async #closeFunctions (): Promise<void> {
    this.#answering = true
    const { raised } = await this.#inTurn(() => unwind(this.#functions))
    this.#answering = false
    if (raised !== undefined) throw raised.error // which comes back to `fail`
    this.#answered = true
    this.#endIfOver()
  }

  /** Throws an error into all that is open, and gives back what came out: the error to be answered. */
  async fail (error: unknown): Promise<unknown> {
    this.#over = true
    return this.#inTurn(async () => {
      let raised: Raised = { error }
      for (const stack of [this.#functions, this.#requests]) {
        if (stack.length === 0) continue
        const unwound = await unwind(stack, raised)
        raised = unwound.raised ?? { error: swallowed(String(unwound.swallower), raised.error) }
      }
      return raised.error
    })
  }

  #endIfOver (): void {
    if (this.#over || !this.#left || this.#answering || this.#handler === 'running') return
    if (this.#handler === 'not called' && !this.#answered && !this.#reply.sent) {
      // The request still runs its course, unless it waits for a body that will not come: nobody calls back then.
      if (!this.#awaitsBody || !isBodyLost(this.#reply.request)) return
      this.#isAbandoned = true
      this.#thrown = { error: new APIKIT_ERR_CLIENT_GONE() }
    }
    this.#over = true
    const end = this.#end()
    this.#ongoing.add(end)
    end.finally(() => { this.#ongoing.delete(end) })
  }

  async #end (): Promise<void> {
    const broken = this.#thrown ?? (this.#payload && await this.#brokenPayload(this.#payload))
    // Before what runs in the background, as always: that waits for the answer, which waits for them.
    this.#functionsEnd = this.#inTurn(() => unwind(this.#functions, broken))
    const functions = await this.#functionsEnd
    // Of a request that was given up nothing runs in the background.
    if (!this.#isAbandoned) {
      over(this.#reply.request)
      await released(this.#reply.request)
    }
    const { raised } = await this.#inTurn(() => unwind(this.#requests, functions.raised))
    if (raised === undefined || [broken, this.#rethrown].some(known => known !== undefined && known.error === raised.error)) return
    this.#reply.log.error({ err: raised.error }, 'a dependency failed after the response')
  }

  /** What a stream failed with that did not reach its end; a client that went is no failure. */
  #brokenPayload (payload: Readable): Promise<Raised | undefined> | undefined {
    // One that does not flow is not on its way, and need never come to an end.
    if (payload.readableFlowing === null || this.#reply.raw.writableFinished) return undefined
    return new Promise(resolve => {
      finished(payload, { writable: false }, error => {
        resolve(error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE' ? { error } : undefined)
      })
    })
  }

  #inTurn<T> (close: () => Promise<T>): Promise<T> {
    const turn = this.#closing === undefined ? close() : this.#closing.then(close, close)
    this.#closing = turn
    return turn
  }
}

/**
 * Whether the body that a request has announced was not read and never will be: Node destroys a request whose client is
 * gone, and who reads on waits for ever. A content type counts as well, as Fastify then waits for the end of no body.
 */
function isBodyLost ({ raw: { destroyed, readableEnded, headers } }: FastifyRequest): boolean {
  return destroyed && !readableEnded && ['content-type', 'content-length', 'transfer-encoding'].some(name => name in headers)
}

function swallowed (label: string, cause: unknown): Error {
  return new APIKIT_ERR_GENERATOR(
    `the dependency "${label}" caught an error behind its yield and threw nothing, so that there is nothing to answer; throw the error again, or another`,
    { cause }
  )
}
