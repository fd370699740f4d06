/**
 * Random apps and requests, to FastAPI and to this project.
 *
 * @module
 */

import { Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { diffJson, type Difference } from '../json-diff.ts'
import { comparable } from '../openapi-document.ts'
import { makeApp } from './app.ts'
import { aboutOf } from './case.ts'
import type { AppDescription, Kind, Route } from './description.ts'
import { Dice } from './dice.ts'
import { type Ports, send, tryRequest, type Verdict } from './differ.ts'
import { writeExactly } from './exact-json.ts'
import { FastapiServer } from './fastapi.ts'
import { randomApp } from './random-app.ts'
import { type RandomRequest, Requests } from './random-request.ts'
import { shrink } from './shrink.ts'

/** Apps that one process of Python serves. */
const BATCH = 50

export interface RunOptions {
  readonly python: string
  readonly requests: number
  readonly seed: number
  /** For each app. */
  readonly perApp?: number
  /** Differences of one kind that are told. */
  readonly examples?: number
}

export interface Finding {
  /** What is common to all that are counted here. */
  readonly kind: string
  count: number
  /** The smallest request that shows it, as text. */
  readonly example: string
}

export interface RunResult {
  readonly apps: number
  readonly requests: number
  /** Requests by the status of FastAPI's answer. */
  readonly statuses: ReadonlyMap<number, number>
  /** Requests by the departure that explains their difference. */
  readonly rules: ReadonlyMap<string, number>
  readonly findings: readonly Finding[]
  /** OpenAPI documents that are equal, to the last title. */
  readonly documents: number
}

export async function compareRandomly ({ python, requests, seed, perApp = 40 }: RunOptions): Promise<RunResult> {
  const run = new Run()
  const agent = new Agent({ keepAlive: true })
  const apps = Math.ceil(requests / perApp)
  for (let first = 0; first < apps; first += BATCH) {
    const descriptions = Array.from({ length: Math.min(BATCH, apps - first) }, (_, index) => {
      const own = (seed + first + index) >>> 0
      return randomApp(new Dice(own), own)
    })
    const fastapi = await FastapiServer.open(python, descriptions)
    try {
      for (const [index, description] of descriptions.entries()) await run.app(description, { port: fastapi.port, prefix: `/${index}`, agent, perApp })
    } finally {
      await fastapi.close()
    }
  }
  agent.destroy()
  return run
}

class Run implements RunResult {
  apps = 0
  requests = 0
  documents = 0
  readonly statuses = new Map<number, number>()
  readonly rules = new Map<string, number>()
  readonly #findings = new Map<string, Finding>()

  get findings (): readonly Finding[] {
    return [...this.#findings.values()].sort((a, b) => b.count - a.count)
  }

  async app (description: AppDescription, { port, prefix, agent, perApp }: { port: number, prefix: string, agent: Agent, perApp: number }): Promise<void> {
    this.apps++
    let app: FastifyInstance
    try {
      app = await makeApp(description)
      await app.listen({ host: '127.0.0.1', port: 0 })
    } catch (error) {
      await this.#find(`does not start: ${error instanceof Error ? error.message : String(error)}`, async () => JSON.stringify(description))
      return
    }
    try {
      const ports: Ports = { fastapi: port, prefix, apikit: (app.server.address() as AddressInfo).port, agent }
      await this.#document(description, ports)
      const dice = new Dice(description.seed ^ 0x5bd1e995)
      const random = new Requests(dice, description)
      for (let index = 0; index < perApp; index++) {
        const route = dice.pick(description.routes)
        await this.#request(description, route, random.make(route), ports)
      }
    } finally {
      await app.close()
    }
  }

  async #document (description: AppDescription, { fastapi, prefix, apikit, agent }: Ports): Promise<void> {
    const get = async (port: number, path: string): Promise<unknown> => {
      const step = { type: 'http', method: 'GET', path, query: '', headers: [['host', 'testserver']], body: null } as const
      return JSON.parse((await send(port, step, agent)).body.toString())
    }
    const [theirs, ours] = [await get(fastapi, `${prefix}/openapi.json`), await get(apikit, '/openapi.json')]
    dropUnused(theirs, ours)
    const derived = diffJson(comparable(theirs), comparable(ours))
    const differences = derived.length > 0 ? derived : diffJson(theirs, ours)
    if (differences.length === 0) this.documents++
    const kinds = new Set<string>()
    for (const difference of differences) {
      const kind = `document ${difference.at.replace(/\/Model\d+\//, '/Model/').replaceAll(/\/(r\d+|[a-z]+_\d+)[^/]*/g, '/…').replaceAll(/\/\d+/g, '/0').split('/').slice(-3).join('/')}`
      if (kinds.has(kind)) continue
      kinds.add(kind)
      await this.#find(kind, async () => `seed ${description.seed}: ${writeDifference(difference)}`)
    }
  }

  async #request (description: AppDescription, route: Route, request: RandomRequest, ports: Ports): Promise<void> {
    this.requests++
    const about = aboutOf(description, route)
    let verdict: Verdict
    try {
      verdict = await tryRequest(request, ports, about)
    } catch (error) {
      await this.#find(`no answer: ${String(error)}`, async () => `seed ${description.seed}: ${JSON.stringify(request)}`)
      return
    }
    const { status } = verdict.step.expect
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    if (verdict.differences.length === 0) return
    if (verdict.rule !== undefined) {
      this.rules.set(verdict.rule, (this.rules.get(verdict.rule) ?? 0) + 1)
      return
    }
    await this.#find(kindOf(verdict), async () => {
      const isUnexplained = async (smaller: RandomRequest): Promise<boolean> => {
        const { differences, rule } = await tryRequest(smaller, ports, about)
        return differences.length > 0 && rule === undefined
      }
      const smallest = await shrink(request, isUnexplained)
      return writeExample(description, route, await tryRequest(smallest, ports, about))
    })
  }

  async #find (kind: string, example: () => Promise<string>): Promise<void> {
    const known = this.#findings.get(kind)
    if (known !== undefined) known.count++
    else this.#findings.set(kind, { kind, count: 1, example: await example() })
  }
}

/** FastAPI also lists a component that only a parameter had whose place another one took; here not all of them are. */
function dropUnused (document: unknown, ours: unknown): void {
  const schemas: Record<string, unknown> = Object(document).components?.schemas ?? {}
  const listed: object = Object(ours).components?.schemas ?? {}
  const text = JSON.stringify(document)
  for (const name of Object.keys(schemas)) if (!text.includes(`"#/components/schemas/${name}"`) && !Object.hasOwn(listed, name)) delete schemas[name]
}

/** What is alike in differences of one cause, roughly. */
function kindOf ({ step, answer, differences }: Verdict): string {
  const types = (body: unknown): string => {
    const detail: unknown = Object(body).detail
    return Array.isArray(detail) ? [...new Set(detail.map(issue => String(Object(issue).type)))].sort().join(' ') : ''
  }
  const ours = (() => { try { return JSON.parse(answer.body.toString()) } catch { return undefined } })()
  const places = [...new Set(differences.map(({ at }) => at.replaceAll(/\/\d+/g, '/0')))].slice(0, 3).join(', ')
  return `${step.expect.status} ${types(step.expect.json)} → ${answer.status} ${types(ours)}: ${step.expect.status === answer.status ? places : ''}`
}

function writeDifference ({ at, expected, got }: Difference): string {
  return `${at}: FastAPI ${writeExactly(expected)}, here ${writeExactly(got)}`
}

/** The route and the models that it names. */
function writeExample ({ seed, models }: AppDescription, route: Route, { step, answer, differences, fault }: Verdict): string {
  const used = new Set<string>()
  const use = (kind: Kind): void => {
    if (kind.k === 'model') {
      if (used.has(kind.name)) return
      used.add(kind.name)
      models.find(({ name }) => name === kind.name)?.fields.forEach(({ type }) => { use(type) })
    } else if (kind.k === 'dict') use(kind.value)
    else if ('of' in kind) (Array.isArray(kind.of) ? kind.of : [kind.of]).forEach(use)
  }
  for (const { type } of route.parameters) use(type)
  if (route.response !== undefined) use(route.response.type)
  const { body } = step
  const sent = body === null ? '' : JSON.stringify(Buffer.from(body.base64 ?? '', 'base64').toString())
  return [
    `seed ${seed}, ${JSON.stringify(route)}`,
    ...models.filter(({ name }) => used.has(name)).map(model => `  ${JSON.stringify(model)}`),
    `  ${step.method} ${step.path}${step.query === '' ? '' : `?${step.query}`} ${JSON.stringify(step.headers.slice(1))} ${sent}`,
    `  FastAPI ${step.expect.status} ${JSON.stringify(step.expect.json ?? step.expect.body?.text)} ${fault === undefined ? '' : JSON.stringify(fault)}`,
    `  here    ${answer.status} ${answer.body.toString().slice(0, 2000)}`,
    ...differences.slice(0, 4).map(difference => `    ${writeDifference(difference)}`)
  ].join('\n')
}
