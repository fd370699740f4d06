/**
 * A request of the suite `fleet`, and what became of it.
 *
 * @module
 */

import { type Agent, request } from 'node:http'
import type { Socket } from 'node:net'

/** Milliseconds after which a request hangs. */
export const HANGS = 15_000

export interface Answer {
  readonly what: string
  /** Status, or the code of the error of the connection, or `hangs`. */
  readonly outcome: number | string
  /** Milliseconds, by `performance.now()`. */
  readonly from: number
  readonly to: number
  readonly body: Readonly<Record<string, unknown>>
  /** Process that answered. */
  readonly process: string
  readonly requestId: string
  /** Milliseconds for which its connection was idle before; `undefined` if it was a new one. */
  readonly idle: number | undefined
}

/** When a connection was last used. */
const usedAt = new WeakMap<Socket, number>()

export interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Never rejects. */
export function ask (origin: string, { method, path, body, headers }: Asked, agent: Agent | false): Promise<Answer> {
  const from = performance.now()
  const what = `${method} /${path.split('/')[1]}`
  return new Promise(resolve => {
    let idle: number | undefined
    const done = (outcome: number | string, more: Partial<Answer> = {}): void => {
      clearTimeout(hanging)
      if (sent.socket !== null) usedAt.set(sent.socket, performance.now())
      resolve({ what, outcome, from, to: performance.now(), body: {}, process: '', requestId: '', idle, ...more })
    }
    const sent = request(origin + path, { method, agent, headers: { ...headers, ...body !== undefined && { 'content-type': 'application/json' } } }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => { text += chunk })
      response.once('error', error => { done(codeOf(error)) })
      response.once('end', () => {
        const { 'x-process': process, 'x-request-id': requestId } = response.headers
        done(Number(response.statusCode), { body: jsonOf(text), process: String(process), requestId: String(requestId) })
      })
    })
    const hanging = setTimeout(() => {
      done('hangs')
      sent.destroy()
    }, HANGS)
    sent.once('socket', socket => {
      const used = usedAt.get(socket)
      if (used !== undefined) idle = performance.now() - used
    })
    sent.once('error', error => { done(codeOf(error)) })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function codeOf (error: Error): string {
  return 'code' in error ? String(error.code) : error.message
}

function jsonOf (text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return { text }
  }
}
