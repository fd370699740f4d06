/**
 * What a request leaves to be done once it is answered: in order, and not at all when it failed.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRefused } from '../core/http/answer.ts'
import { hold, whenOver } from '../core/request/wait-until.ts'
import type { Runner } from './runner.ts'
import { kTold } from './state.ts'

type Step = (reply: FastifyReply) => unknown

/** What is known of a request when it comes. */
export interface Told {
  readonly reply: FastifyReply
  readonly runner: Runner
}

export class AfterResponse {
  readonly #request: FastifyRequest
  readonly #steps: Step[] = []
  readonly #settled = Promise.withResolvers<void>()
  #state: 'open' | 'running' | 'over' = 'open'

  constructor (request: FastifyRequest) {
    this.#request = request
    // Not known yet to a hook that stands before the plugin's own.
    const told = request[kTold]
    // Nobody would run it any more.
    if (told?.reply.raw.closed === true && told.reply.sent) this.#state = 'over'
    // What the request has opened is closed after it, and so are its files.
    else {
      hold(request, this.#settled.promise)
      if (told !== undefined) whenOver(request, () => { if (isHijacked(told.reply)) this.begin(told) })
    }
    // Of what is added when the answer is sent, or of a reply that was hijacked, Fastify tells no end when the client goes.
    told?.reply.raw.once('close', () => { if (told.reply.sent) this.begin(told) })
  }

  /** Whether a step can be added: once they run, one more is run at the end of them. */
  get isOver (): boolean {
    return this.#state === 'over'
  }

  add (step: Step): void {
    this.#steps.push(step)
  }

  /** The request has failed: nothing of it is done. */
  discard (): void {
    this.#state = 'over'
    this.#steps.length = 0
    this.#settled.resolve()
  }

  /** The response is sent, or cannot be; twice is once. */
  begin ({ reply, runner }: Told): void {
    if (isRefused(reply)) this.discard()
    else if (this.#state === 'open') runner.track(this.#run(reply))
  }

  /** Runs the steps one after the other; the first that throws is the last. */
  async #run (reply: FastifyReply): Promise<void> {
    this.#state = 'running'
    try {
      for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) await step(reply)
    } catch (error) {
      this.#request.log.error({ err: error, left: this.#steps.length }, 'a background task failed; those after it are not run')
      this.#steps.length = 0
    } finally {
      this.#state = 'over'
      this.#settled.resolve()
    }
  }
}

/** Whether the handler answers past Fastify, and so nothing tells of the end. */
function isHijacked ({ sent, raw }: FastifyReply): boolean {
  return sent && !raw.writableEnded
}

const requests = new WeakMap<FastifyRequest, AfterResponse>()

/** Of a request that has left something to be done. */
export function afterOf (request: FastifyRequest): AfterResponse | undefined {
  return requests.get(request)
}

/** Of a request, made when first asked for. */
export function makeAfter (request: FastifyRequest): AfterResponse {
  let after = requests.get(request)
  if (after === undefined) requests.set(request, after = new AfterResponse(request))
  return after
}
