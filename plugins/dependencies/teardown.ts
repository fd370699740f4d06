/**
 * Closes what the dependencies of a request have opened, exactly once, however the request ends.
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
  /** The closing that runs now. A second one waits for it. */
  #closing: Promise<unknown> | undefined
  #handler: 'not called' | 'running' | 'done' = 'not called'
  /** What the handler threw after its response. */
  #thrown: Raised | undefined
  #answering = false
  #answered = false
  #payload: Readable | undefined
  /** The early dependencies are solved, and the body is not read yet. */
  #awaitsBody = false
  /** The client disconnected before its body was read, so the handler is not called. */
  #isAbandoned = false
  /** The response is sent, or the client has disconnected. */
  #left: boolean
  #over = false
  /** Closes scope `function` when the client has disconnected before the response. */
  #functionsEnd: Promise<Unwound> | undefined
  /** The error of that closing, which Fastify passes to `fail`. */
  #rethrown: Raised | undefined

  /** @param ongoing Holds the closing while it runs. The app waits for it when it closes. */
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
      // Too late, for example because the handler timeout has been answered.
      await generator.return(undefined)
      throw new APIKIT_ERR_GENERATOR(`the request ended before the dependency "${label}" was ready`)
    }
    this.#stack(scope).push({ label, generator })
    return value
  }

  #stack (scope: string | undefined): Opened[] {
    return scope === 'function' ? this.#functions : this.#requests
  }

  /**
   * Marks that the body is read next.
   *
   * @throws APIKIT_ERR_CLIENT_GONE when the body will not arrive.
   */
  awaitBody (): void {
    this.#awaitsBody = true
    if (this.#left && isBodyLost(this.#reply.request)) throw new APIKIT_ERR_CLIENT_GONE()
  }

  /**
   * Marks that the body is read, or that there is none. From here on the request is finished, with or without its client.
   *
   * @throws APIKIT_ERR_CLIENT_GONE when the request was abandoned meanwhile.
   */
  goOn (): void {
    this.#awaitsBody = false
    if (this.#isAbandoned) throw new APIKIT_ERR_CLIENT_GONE()
  }

  /** Runs the handler. Nothing is closed while it runs, even if the client disconnects. */
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
    // Fastify passes the error to `fail`, unless a response is being sent already.
    if (thrown !== undefined && !this.#reply.sent) return
    this.#thrown = thrown
    this.#endIfOver()
  }

  /** Closes scope `function` before the response is sent. Throws what that throws. */
  answer (payload: unknown): Promise<void> | undefined {
    if (payload instanceof Readable) this.#payload = payload
    // The client has disconnected, so they are closed or being closed.
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

  /** Throws an error into all open generators. Returns the error to answer with. */
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
      // The request still runs, unless it waits for a body that will not arrive: then no hook is called any more.
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
    // Before background functions, which wait for the response, which waits for scope `function`.
    this.#functionsEnd = this.#inTurn(() => unwind(this.#functions, broken))
    const functions = await this.#functionsEnd
    // An abandoned request runs nothing in the background.
    if (!this.#isAbandoned) {
      over(this.#reply.request)
      await released(this.#reply.request)
    }
    const { raised } = await this.#inTurn(() => unwind(this.#requests, functions.raised))
    if (raised === undefined || [broken, this.#rethrown].some(known => known !== undefined && known.error === raised.error)) return
    this.#reply.log.error({ err: raised.error }, 'a dependency failed after the response')
  }

  /** Returns the error of a stream that broke. A disconnected client is not an error. */
  #brokenPayload (payload: Readable): Promise<Raised | undefined> | undefined {
    // A stream that does not flow is not being sent, and may never end.
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
 * Tells whether an announced body was not read and never will be. Node destroys a request whose client has disconnected, and reading
 * it would wait forever. A content type counts too, as Fastify then waits for the end of an absent body.
 */
function isBodyLost ({ raw: { destroyed, readableEnded, headers } }: FastifyRequest): boolean {
  return destroyed && !readableEnded && ['content-type', 'content-length', 'transfer-encoding'].some(name => name in headers)
}

function swallowed (label: string, cause: unknown): Error {
  return new APIKIT_ERR_GENERATOR(
    `the dependency "${label}" caught an error after its yield and did not throw. Throw the error again, or another one`,
    { cause }
  )
}
