/**
 * What a request leaves to be done once it is answered: in order, and not at all when it failed.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { hold } from '../internal/held.ts'
import type { Runner } from './runner.ts'

type Step = (reply: FastifyReply) => unknown

export class AfterResponse {
  readonly #steps: Step[] = []
  readonly #settled = Promise.withResolvers<void>()
  #state: 'open' | 'running' | 'over' = 'open'

  constructor (request: FastifyRequest) {
    // What the request has opened is closed after it, and so are its files.
    hold(request, this.#settled.promise)
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

  /** Runs the steps one after the other; the first that throws is the last. */
  async #run (request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) await step(reply)
    } catch (error) {
      request.log.error({ err: error, left: this.#steps.length }, 'a background task failed; those after it are not run')
      this.#steps.length = 0
    } finally {
      this.#state = 'over'
      this.#settled.resolve()
    }
  }

  /** The response is sent, or cannot be. */
  start (request: FastifyRequest, reply: FastifyReply, runner: Runner): void {
    if (this.#state !== 'open') return
    this.#state = 'running'
    runner.track(this.#run(request, reply))
  }
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
