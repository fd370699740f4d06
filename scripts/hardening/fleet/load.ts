/**
 * The clients of the suite `fleet`: they read, write, add jobs and renew their logins, by whichever server has its turn, and
 * note what they were told.
 *
 * @module
 */

import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, ask, type Asked } from './ask.ts'

/** Most milliseconds between two requests of a client, and now and then, so that its connections are idle; and after one that failed. */
const [THINKS, RESTS, WAITS] = [20, 2000, 100]

/** Milliseconds after which a client looks whether its connection is still there, before it sends what must not be sent twice. */
const RESTED = 500

/** What the clients know in the end. */
export interface Ledger {
  answered: number
  /** Requests that were not answered as they should be. */
  readonly failures: Answer[]
  /** GETs that were sent again, since their kept connection ended when they were sent (RFC 9112 §9.3.1). */
  again: number
  slowest: number
  readonly writes: number[]
  readonly jobs: number[]
  /** Refresh tokens used twice and refused, by process; and what was taken that should have been refused. */
  readonly refused: Map<string, number>
  readonly accepted: string[]
  /** Requests that were given an ID that another one had. */
  sameIds: number
  readonly ids: Set<string>
  readonly processes: Set<string>
}

export class Load {
  readonly ledger: Ledger = { answered: 0, failures: [], again: 0, slowest: 0, writes: [], jobs: [], refused: new Map(), accepted: [], sameIds: 0, ids: new Set(), processes: new Set() }
  readonly #origins: readonly string[]
  readonly #clients: Array<Promise<void>>
  /** When a client last used its connection to a server. */
  readonly #usedAt = new Map<Agent, Map<string, number>>()
  #isOver = false
  #turn = 0
  #nr = 0

  constructor (origins: readonly string[], clients: number) {
    this.#origins = origins
    this.#clients = Array.from({ length: clients }, () => this.#live())
  }

  async end (): Promise<Ledger> {
    this.#isOver = true
    await Promise.all(this.#clients)
    return this.ledger
  }

  async #live (): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    this.#usedAt.set(agent, new Map())
    while (!this.#isOver) {
      const chance = Math.random()
      if (chance < 0.35) await this.#read(agent)
      else if (chance < 0.6) await this.#add(agent, 'writes', 201)
      else if (chance < 0.85) await this.#add(agent, 'jobs', 202)
      else if (chance < 0.9) await this.#ask(agent, { method: 'GET', path: '/slow' }, 200)
      else await this.#logIn(agent)
      await delay(Math.random() * (Math.random() < 0.05 ? RESTS : THINKS))
    }
    agent.destroy()
  }

  /** The answer, if it is one that was expected. */
  async #ask (agent: Agent | false, asked: Asked, ...expected: number[]): Promise<Answer | undefined> {
    const { ledger } = this
    const origin = String(this.#origins[this.#turn++ % this.#origins.length])
    if (agent !== false && asked.method === 'POST' && this.#hasRested(agent, origin)) await this.#get(agent, origin, { method: 'GET', path: '/health/live' })
    const answer = await (asked.method === 'GET' ? this.#get(agent, origin, asked) : ask(origin, asked, agent))
    if (agent !== false) (this.#usedAt.get(agent) as Map<string, number>).set(origin, answer.to)
    ledger.slowest = Math.max(ledger.slowest, answer.to - answer.from)
    if (answer.requestId !== '') {
      if (ledger.ids.has(answer.requestId)) ledger.sameIds++
      ledger.ids.add(answer.requestId)
    }
    if (answer.process !== '') ledger.processes.add(answer.process)
    if (expected.includes(Number(answer.outcome))) {
      ledger.answered++
      return answer
    }
    ledger.failures.push(answer)
    await delay(WAITS)
    return undefined
  }

  /** Again, if the server has ended a kept connection in the same moment. */
  async #get (agent: Agent | false, origin: string, asked: Asked): Promise<Answer> {
    const answer = await ask(origin, asked, agent)
    if (answer.idle === undefined || !['ECONNRESET', 'EPIPE'].includes(String(answer.outcome))) return answer
    this.ledger.again++
    return await ask(origin, asked, agent)
  }

  #hasRested (agent: Agent, origin: string): boolean {
    const used = this.#usedAt.get(agent)?.get(origin)
    return used !== undefined && performance.now() - used > RESTED
  }

  /** What was acknowledged is there for everybody. */
  async #read (agent: Agent): Promise<void> {
    const { writes } = this.ledger
    const nr = writes[Math.floor(Math.random() * writes.length)]
    if (nr !== undefined) await this.#ask(agent, { method: 'GET', path: `/writes/${nr}` }, 200)
  }

  async #add (agent: Agent, kind: 'writes' | 'jobs', expected: number): Promise<void> {
    const nr = ++this.#nr
    if (await this.#ask(agent, { method: 'POST', path: `/${kind}/${nr}` }, expected) !== undefined) this.ledger[kind].push(nr)
  }

  /** A login that is renewed some times, and in the end stolen. */
  async #logIn (agent: Agent): Promise<void> {
    let last = await this.#ask(agent, { method: 'POST', path: `/logins/${++this.#nr}` }, 201)
    for (let renewal = 0; renewal < 3; renewal++) {
      if (last === undefined) return
      const { access, token } = last.body
      await this.#ask(agent, { method: 'GET', path: '/me', headers: { authorization: `Bearer ${String(access)}` } }, 200)
      const next = await this.#refresh(agent, token, 200)
      if (next === undefined) return
      const chance = Math.random()
      if (chance < 0.3) return await this.#reuse(agent, token, next.body.token)
      if (chance < 0.5) return await this.#race(agent, next.body.token)
      last = next
    }
  }

  #refresh (agent: Agent | false, token: unknown, ...expected: number[]): Promise<Answer | undefined> {
    return this.#ask(agent, { method: 'POST', path: '/refresh', body: { token } }, ...expected)
  }

  /** A token that was renewed is used again, and then its successor. */
  async #reuse (agent: Agent, used: unknown, next: unknown): Promise<void> {
    const again = await this.#refresh(agent, used, 200, 401)
    // Without an answer nobody knows whether the login is over.
    if (again === undefined) return
    this.#judge(again, 'a token that was used')
    const after = await this.#refresh(agent, next, 200, 401)
    if (after !== undefined) this.#judge(after, 'the successor of a token that was used twice')
  }

  /** A token is used by two at once: at most one has a successor, and that is worth nothing. */
  async #race (agent: Agent, token: unknown): Promise<void> {
    const both = await Promise.all([this.#refresh(agent, token, 200, 401), this.#refresh(false, token, 200, 401)])
    if (both.includes(undefined)) return
    const taken = both.filter(answer => answer?.outcome === 200)
    if (taken.length > 1) this.ledger.accepted.push('a token, by two at once')
    for (const answer of taken) {
      const after = await this.#refresh(agent, answer?.body.token, 200, 401)
      if (after !== undefined) this.#judge(after, 'the successor of a token that two used at once')
    }
  }

  #judge ({ outcome, process }: Answer, what: string): void {
    const { refused, accepted } = this.ledger
    if (outcome === 401) refused.set(process, (refused.get(process) ?? 0) + 1)
    else accepted.push(what)
  }
}
