/**
 * Runs steps after the response of a request, in order. If the request failed, none runs.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRefused } from '../core/http/answer.ts'
import { hold, whenOver } from '../core/request/wait-until.ts'
import type { Runner } from './runner.ts'
import { kTold } from './state.ts'

type Step = (reply: FastifyReply) => unknown

/** The state of a request from its start. */
export interface Told {
  readonly reply: FastifyReply
  readonly runner: Runner
  /** The response begins, and its tasks are stored. Later ones are stored when they are added. */
  isStored?: boolean
}

export class AfterResponse {
  readonly #request: FastifyRequest
  readonly #steps: Step[] = []
  /** Called if the request fails. */
  readonly #dropped: Array<() => void> = []
  readonly #settled = Promise.withResolvers<void>()
  #state: 'open' | 'running' | 'over' = 'open'

  constructor (request: FastifyRequest) {
    this.#request = request
    // Not set yet for a hook that runs before the plugin's own.
    const told = request[kTold]
    // Nothing would run it any more.
    if (told?.reply.raw.closed === true && told.reply.sent) this.#state = 'over'
    // The dependencies and files of the request are closed after it.
    else {
      hold(request, this.#settled.promise)
      if (told !== undefined) whenOver(request, () => { if (isHijacked(told.reply)) this.begin(told) })
    }
    // If it is added while the response is sent, or the reply was hijacked, Fastify does not tell when the client disconnects.
    told?.reply.raw.once('close', () => { if (told.reply.sent) this.begin(told) })
  }

  /** Tells whether a step can be added. While steps run, one more is run after them. */
  get isOver (): boolean {
    return this.#state === 'over'
  }

  /** @param dropped Called instead of the step if the request fails. */
  add (step: Step, dropped?: () => void): void {
    this.#steps.push(step)
    if (dropped !== undefined) this.#dropped.push(dropped)
  }

  /** Drops all steps: the request has failed. */
  discard (): void {
    this.#state = 'over'
    this.#steps.length = 0
    for (const dropped of this.#dropped) dropped()
    this.#settled.resolve()
  }

  /** Runs the steps: the response is sent, or cannot be. A second call does nothing. */
  begin ({ reply, runner }: Told): void {
    if (isRefused(reply)) this.discard()
    else if (this.#state === 'open') runner.track(this.#run(reply))
  }

  /** Runs the steps one after the other, until one throws. */
  async #run (reply: FastifyReply): Promise<void> {
    this.#state = 'running'
    try {
      for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) await step(reply)
    } catch (error) {
      this.#request.log.error({ err: error, left: this.#steps.length }, 'a background function failed. Those after it do not run')
      this.#steps.length = 0
    } finally {
      this.#state = 'over'
      this.#settled.resolve()
    }
  }
}

/** Tells whether the handler bypasses Fastify, which then does not report the end. */
function isHijacked ({ sent, raw }: FastifyReply): boolean {
  return sent && !raw.writableEnded
}

const requests = new WeakMap<FastifyRequest, AfterResponse>()

/** The steps of a request, if there are any. */
export function afterOf (request: FastifyRequest): AfterResponse | undefined {
  return requests.get(request)
}

/** The steps of a request, created on first use. */
export function makeAfter (request: FastifyRequest): AfterResponse {
  let after = requests.get(request)
  if (after === undefined) requests.set(request, after = new AfterResponse(request))
  return after
}
