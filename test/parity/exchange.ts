/**
 * Sends the requests of a scenario to one instance of its app, over a socket: what a client would see, not what
 * `inject` makes of it.
 *
 * @module
 */

import { Agent, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { contentOf, type Header, type HttpStep } from './scenarios.ts'

export interface Answer {
  readonly status: number
  readonly headers: readonly Header[]
  readonly body: Buffer
  /** The connection was lost in the middle of the body. */
  readonly isCut?: boolean
}

const TIMEOUT = 10_000

/** Methods whose requests say how long their body is, even when they have none. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH'])

export class Client {
  readonly app: FastifyInstance
  readonly #agent = new Agent({ keepAlive: true })

  constructor (app: FastifyInstance) {
    this.app = app
  }

  async open (): Promise<this> {
    this.app.server.prependListener('request', forgetConnection)
    this.app.server.on('connection', nameClient)
    await this.app.listen({ host: '127.0.0.1', port: 0 })
    return this
  }

  async close (): Promise<void> {
    this.#agent.destroy()
    await this.app.close()
  }

  /** @param authorization goes in place of the recorded header */
  async send (step: HttpStep, authorization?: string): Promise<Answer> {
    const { port } = this.app.server.address() as AddressInfo
    const overTls = step.scheme === 'https'
    if (overTls) this.app.server.once('connection', pretendTls)
    return await sendTo(port, step, overTls ? false : this.#agent, authorization)
  }
}

/**
 * Sends the request of a step to a server of this machine.
 *
 * @param authorization goes in place of the recorded header
 */
export async function sendTo (port: number, step: HttpStep, agent: Agent | false, authorization?: string): Promise<Answer> {
  const body = step.body === null ? undefined : contentOf(step.body)
  return await new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: step.method,
      path: step.path + (step.query === '' ? '' : `?${step.query}`),
      headers: headersOf(step, body, authorization).flat(),
      agent,
      timeout: TIMEOUT
    })
    outgoing.on('response', incoming => { receive(incoming).then(resolve, reject) })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT} ms`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** The host of the recording client, which one app tells. */
function nameClient (socket: object): void {
  Object.defineProperty(socket, 'remoteAddress', { value: 'testclient' })
}

/** A new connection that says it is encrypted: a certificate would add nothing to what is compared. */
function pretendTls (socket: object): void {
  Object.assign(socket, { encrypted: true })
}

/** The connection is no matter between client and app: the recordings have no such header, so the app must not see one. */
function forgetConnection ({ rawHeaders }: IncomingMessage): void {
  const index = rawHeaders.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'connection')
  if (index >= 0 && !isTestClient(rawHeaders)) rawHeaders.splice(index, 2)
}

/**
 * What the recording client sent of its own accord. It was not written down, and some tests had it taken away; so it
 * is sent where the answer tells of it.
 */
const TEST_CLIENT: readonly Header[] = [['accept', '*/*'], ['accept-encoding', 'gzip, deflate'], ['connection', 'keep-alive'], ['user-agent', 'testclient']]

function isTestClient (rawHeaders: readonly string[]): boolean {
  return rawHeaders.includes('testclient')
}

/** As a flat list, Node sends repeated headers, cookies too, as they are; it then adds no length of its own. */
function headersOf ({ method, headers, expect }: HttpStep, body: Buffer | undefined, authorization: string | undefined): Header[] {
  const sent = headers.filter(([name]) => authorization === undefined || name !== 'authorization')
  if (authorization !== undefined) sent.push(['authorization', authorization])
  if (JSON.stringify(expect.json ?? null).includes('"testclient"')) {
    sent.push(...TEST_CLIENT.filter(([name]) => !headers.some(([other]) => other === name)))
  }
  const isFramed = sent.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
  if (!isFramed && (body !== undefined || WITH_BODY.has(method))) sent.push(['content-length', String(body?.length ?? 0)])
  return sent
}

async function receive (incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk)
  } catch (error) {
    if (incoming.complete || Object(error).code !== 'ECONNRESET') throw error
  }
  const headers: Header[] = []
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.push([String(incoming.rawHeaders[i]).toLowerCase(), String(incoming.rawHeaders[i + 1])])
  }
  return { status: Number(incoming.statusCode), headers, body: Buffer.concat(chunks), ...!incoming.complete && { isCut: true } }
}
