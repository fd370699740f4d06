/**
 * Plays a scenario: its steps, in order, against one fresh instance of its app.
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AppOptions, findApp, type MakeApp } from './apps.ts'
import { compare } from './compare.ts'
import { departsByAnswer, departsByRequest } from './departures.ts'
import { type Answer, Client } from './exchange.ts'
import type { Difference } from './json-diff.ts'
import { isOpenapi, setsOf } from './openapi-document.ts'
import { playFrames } from './frames.ts'
import type { FileStep, HttpStep, Scenario, Step, WebSocketStep } from './scenarios.ts'

export interface StepResult {
  /** `GET /items/?skip=1`. */
  readonly step: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** By which rule it was skipped, or why it could not be played. */
  readonly reason?: string
  readonly differences?: readonly Difference[]
  /** Of an OpenAPI document: whether it is equal to the last title. */
  readonly isStrict?: boolean
}

export const NO_APP = 'no app'

/** How long the background work of a step may take until its file is there, in milliseconds. */
const PATIENCE = 2000

/** @param dir the folder of the apps */
export async function play (scenario: Scenario, dir: string): Promise<StepResult[]> {
  const found = findApp(scenario.app, dir)
  if (found === undefined) return scenario.steps.map(step => ({ step: titleOf(step), outcome: 'skipped', reason: NO_APP }))
  const directory = mkdtempSync(join(tmpdir(), 'parity-'))
  const before = process.cwd()
  process.chdir(directory) // "the app's working directory": where a relative path of the app's leads
  const instance = new Instance(scenario, directory)
  try {
    await instance.start(await found.load())
    const results: StepResult[] = []
    for (const steps of together(scenario.steps)) results.push(...await instance.play(steps))
    return results
  } catch (error) {
    return scenario.steps.map(step => ({ step: titleOf(step), outcome: 'failed', reason: `the app does not start: ${messageOf(error)}` }))
  } finally {
    await instance.close()
    process.chdir(before)
    rmSync(directory, { recursive: true })
  }
}

export function titleOf (step: Step): string {
  if (step.type !== 'http') return `${step.type} ${step.path}`
  return `${step.method} ${step.path}${step.query === '' ? '' : `?${step.query}`}`
}

function messageOf (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** One run of an app, with the twin of it in which dependencies are overridden, if a step asks for that. */
class Instance {
  readonly #scenario: Scenario
  readonly #directory: string
  readonly #clients = new Map<boolean, Client>()
  readonly #tokens = new Map<string, string>()
  readonly #sets = new Set<string>()

  constructor (scenario: Scenario, directory: string) {
    this.#scenario = scenario
    this.#directory = directory
    for (const step of scenario.steps) if (step.type === 'http' && isOpenapi(step.expect.json)) setsOf(step.expect.json, this.#sets)
  }

  async start (make: MakeApp): Promise<void> {
    const { steps } = this.#scenario
    for (const overrides of new Set(steps.map(isOverridden))) {
      const options: AppOptions = { overrides, env: environmentOf(this.#scenario) }
      this.#clients.set(overrides, await new Client(await make(options)).open())
    }
  }

  async close (): Promise<void> {
    for (const client of this.#clients.values()) await client.close()
  }

  /** @param steps one, or sockets that are open at the same time */
  async play ([step, ...others]: readonly [Step, ...Step[]]): Promise<StepResult[]> {
    if (step.type === 'websocket') return await this.#sockets([step, ...others] as WebSocketStep[])
    const title = { step: titleOf(step) }
    try {
      return [{ ...title, ...await (step.type === 'file' ? this.#file(step) : this.#http(step)) }]
    } catch (error) {
      return [{ ...title, outcome: 'failed', reason: messageOf(error) }]
    }
  }

  async #sockets (steps: readonly WebSocketStep[]): Promise<StepResult[]> {
    const { app } = this.#clients.get(isOverridden(steps[0] as WebSocketStep)) as Client
    const each = (result: Omit<StepResult, 'step'>): StepResult[] => steps.map(step => ({ step: titleOf(step), ...result }))
    if (!app.hasDecorator('websocketServer')) return each({ outcome: 'failed', reason: 'the app has no WebSockets' })
    try {
      const found = await playFrames(app, steps.map(step => ({ query: '', headers: [], frames: [], overrides: false, ...step })))
      return steps.map((step, index) => {
        const differences = found[index] ?? []
        return { step: titleOf(step), ...differences.length === 0 ? { outcome: 'passed' } : { outcome: 'failed', differences } }
      })
    } catch (error) {
      return each({ outcome: 'failed', reason: messageOf(error) })
    }
  }

  async #http (step: HttpStep): Promise<Omit<StepResult, 'step'>> {
    const unsent = departsByRequest(step)
    if (unsent !== undefined) return { outcome: 'skipped', reason: unsent }

    const answer = await this.#client(step).send(step, this.#authorization(step))
    this.#keepToken(step, answer)

    const { differences, isStrict } = compare(step, answer, this.#sets)
    const strictness = isStrict === undefined ? {} : { isStrict }
    if (differences.length === 0) return { outcome: 'passed', ...strictness }
    const reason = departsByAnswer(step, answer, differences)
    return reason === undefined ? { outcome: 'failed', differences, ...strictness } : { outcome: 'skipped', reason }
  }

  /** A token has expired by now: what the recording sent of an earlier answer is sent of ours. */
  #authorization ({ use, headers }: HttpStep): string | undefined {
    const [, recorded] = /^Bearer (.*)$/.exec(headers.find(([name]) => name === 'authorization')?.[1] ?? '') ?? []
    const token = this.#tokens.get(use ?? String(recorded))
    return token === undefined ? undefined : `Bearer ${token}`
  }

  /** Under the name that the step gives it, and under the recorded one. */
  #keepToken ({ save, expect }: HttpStep, { body }: Answer): void {
    const recorded: unknown = Object(expect.json).access_token
    if (save === undefined && typeof recorded !== 'string') return
    const token: unknown = tokenIn(body)
    if (typeof token !== 'string') return
    for (const name of [save, recorded]) if (typeof name === 'string') this.#tokens.set(name, token)
  }

  #client (step: HttpStep): Client {
    return this.#clients.get(isOverridden(step)) as Client
  }

  async #file ({ path, expect }: FileStep): Promise<Omit<StepResult, 'step'>> {
    const deadline = Date.now() + PATIENCE
    for (;;) {
      const got = this.#read(path)
      if (got === expect.text) return { outcome: 'passed' }
      if (Date.now() > deadline) return { outcome: 'failed', differences: [{ at: 'file', expected: expect.text, got }] }
      await sleep(10)
    }
  }

  #read (path: string): string | undefined {
    try {
      return readFileSync(join(this.#directory, path), 'utf8')
    } catch {
      return undefined
    }
  }
}

function tokenIn (body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()).access_token
  } catch {
    return undefined // the comparison says so
  }
}

function isOverridden (step: Step): boolean {
  return step.type !== 'file' && step.overrides === true
}

/** Sockets of different paths, one after the other in a recording, were open at the same time; every other step is played alone. */
function together (steps: readonly Step[]): Array<[Step, ...Step[]]> {
  const groups: Array<[Step, ...Step[]]> = []
  for (const step of steps) {
    const group = groups.at(-1)
    const joins = step.type === 'websocket' && group?.every(other => other.type === 'websocket' && other.path !== step.path && isOverridden(other) === isOverridden(step))
    if (joins === true) group?.push(step)
    else groups.push([step])
  }
  return groups
}

/** What the recording test had set in the environment: the recording itself does not say so. */
function environmentOf ({ app, steps }: Scenario): Record<string, string> {
  const hidesDocument = steps.some(step => step.type === 'http' && step.path === '/openapi.json' && step.expect.status === 404)
  return app.includes('conditional_openapi') && hidesDocument ? { OPENAPI_URL: '' } : {}
}
