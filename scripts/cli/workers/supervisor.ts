/**
 * Keeps the workers of an app running: replaces those that end, all of them one by one on request, and ends them.
 *
 * @module
 */

import type { Worker } from 'node:cluster'
import type { FastifyBaseLogger } from 'fastify'
import { isMessage, type Message } from './messages.ts'
import { relay } from './relay.ts'
import type { Slot, Member } from './slot.ts'

/** Milliseconds before a worker is replaced. The delay doubles with each failure, up to the second. */
const [FIRST_DELAY, LAST_DELAY] = [200, 30_000]

/** Milliseconds after which a worker that ends has not failed again, but anew. */
const STABLE = 60_000

/** Attempts to start a worker that may fail one after the other while no worker runs. */
const ATTEMPTS = 5

export interface SupervisorOptions {
  readonly count: number
  readonly log: FastifyBaseLogger
  /** Milliseconds after which workers that were told to end are killed. */
  readonly killAfter: number
  readonly fork: (index: number) => Worker
}

export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #slots: readonly Slot[]
  readonly #members = new Set<Member>()
  readonly #over = Promise.withResolvers<void>()
  #code = 0
  /** The app has started once. */
  #hasBegun = false
  #isClosing = false
  #isRolling = false
  #rollsAgain = false
  #failedStarts = 0

  constructor (options: SupervisorOptions) {
    this.#options = options
    this.#slots = Array.from({ length: options.count }, (_, index) => ({ index: index + 1, failures: 0 }))
  }

  /** Starts the workers. Resolves to the exit code when all have ended. */
  async run (): Promise<number> {
    const [first, ...others] = this.#slots as readonly [Slot, ...Slot[]]
    // One alone, which runs the migrations, and shows whether the app starts at all.
    if (!await this.#launch(first).started && !this.#isClosing) {
      this.#options.log.fatal('the app does not start: its first worker has ended before it listened')
      return 1
    }
    this.#hasBegun = true
    if (!this.#isClosing) for (const slot of others) this.#launch(slot)
    await this.#over.promise
    return this.#code
  }

  /** Replaces all workers, one after the other: each ends when its successor listens. */
  async roll (): Promise<void> {
    this.#rollsAgain = true
    if (this.#isRolling) return
    this.#isRolling = true
    while (this.#rollsAgain && !this.#isClosing) {
      this.#rollsAgain = false
      const isDone = await this.#rollOnce()
      if (isDone) this.#options.log.info('all workers are replaced')
    }
    this.#isRolling = false
  }

  /** Ends all workers. */
  stop (code = 0): void {
    this.#code = code
    this.#isClosing = true
    for (const { timer } of this.#slots) clearTimeout(timer)
    for (const member of this.#members) this.#end(member)
    setTimeout(() => {
      this.#options.log.error({ workers: this.#members.size }, 'workers that have not ended in time are killed')
      this.kill()
    }, this.#options.killAfter).unref()
    this.#endIfAlone()
  }

  /** Kills all workers. */
  kill (): void {
    this.#code = 1
    for (const { worker } of this.#members) worker.process.kill('SIGKILL')
  }

  async #rollOnce (): Promise<boolean> {
    for (const slot of this.#slots) {
      // While the one before was waited for.
      if (this.#isClosing) return false
      const before = this.#of(slot)
      const next = this.#launch(slot)
      const isStarted = await next.started
      if (this.#isClosing) return false
      if (!isStarted) {
        this.#options.log.error({ worker: slot.index }, 'the new worker has ended before it listened. The other workers stay as they are')
        return false
      }
      for (const member of before) this.#end(member)
      await Promise.all(before.map(({ ended }) => ended))
    }
    return true
  }

  #launch (slot: Slot): Member {
    clearTimeout(slot.timer)
    slot.timer = undefined
    const worker = this.#options.fork(slot.index)
    const [started, ended] = [Promise.withResolvers<boolean>(), Promise.withResolvers<void>()]
    const member: Member = { slot, worker, started: started.promise, ended: ended.promise }
    this.#members.add(member)
    worker.on('message', message => {
      relay(message, member, this.#members)
      if (!isMessage(message, 'ready') || member.readyAt !== undefined) return
      member.readyAt = performance.now()
      this.#failedStarts = 0
      this.#options.log.info({ worker: slot.index, process: worker.process.pid }, 'a worker listens')
      this.#appoint()
      started.resolve(true)
    })
    // A message to a worker that has just ended. Without a listener the primary would end, too.
    worker.on('error', error => { this.#options.log.debug({ err: error, worker: slot.index }, 'a message did not reach a worker') })
    worker.once('exit', (code, signal) => {
      this.#members.delete(member)
      this.#exited(member, code, signal)
      started.resolve(false)
      ended.resolve()
    })
    return member
  }

  #of (slot: Slot): Member[] {
    return [...this.#members].filter(member => member.slot === slot)
  }

  /** Has the first worker do what only one does, unless its predecessor still runs. */
  #appoint (): void {
    const [only, ...others] = this.#of(this.#slots[0] as Slot)
    if (only?.readyAt !== undefined && others.length === 0) send(only, 'lead')
  }

  #exited (member: Member, code: number | null, signal: string | null): void {
    const { slot, readyAt, ending } = member
    if (this.#isClosing) {
      if (code !== 0 && ending !== 'signal') {
        this.#code = 1
        this.#options.log.error({ worker: slot.index, code, signal }, 'a worker has not ended as it should')
      }
      return this.#endIfAlone()
    }
    this.#appoint()
    // It was replaced, or should have replaced one that goes on.
    if (ending !== undefined || !this.#hasBegun || this.#of(slot).length > 0) return
    if (readyAt === undefined) this.#failedStarts++
    if (readyAt !== undefined && performance.now() - readyAt > STABLE) slot.failures = 0
    slot.failures++
    const delay = Math.min(FIRST_DELAY * 2 ** (slot.failures - 1), LAST_DELAY)
    const { log } = this.#options
    if (this.#failedStarts >= ATTEMPTS && ![...this.#members].some(({ readyAt }) => readyAt !== undefined)) {
      log.fatal({ worker: slot.index, code, signal }, `no worker listens, and ${ATTEMPTS} of them have ended before they listened`)
      return this.stop(1)
    }
    log.error({ worker: slot.index, code, signal, delay }, 'a worker has ended. It is replaced')
    slot.timer = setTimeout(() => { this.#launch(slot) }, delay)
  }

  #end (member: Member): void {
    if (member.ending !== undefined) return
    member.ending = member.readyAt === undefined ? 'signal' : 'drain'
    if (member.ending === 'signal') member.worker.process.kill('SIGTERM')
    else send(member, 'drain')
  }

  #endIfAlone (): void {
    if (this.#members.size === 0) this.#over.resolve()
  }
}

/** A worker that is about to end hears nothing any more. */
function send ({ worker }: Member, kind: Message): void {
  if (worker.isConnected()) worker.send({ apikit: kind })
}
