/**
 * Plays the recorded frames of a WebSocket.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { connect, HandshakeRefused, type TestSocket } from '../../plugins/testing/index.ts'
import type { Difference } from './json-diff.ts'
import type { Frame, Header, WebSocketStep } from './scenarios.ts'

/**
 * What is not as it was recorded: of each socket the first difference, as what follows depends on it.
 *
 * @param steps of sockets that are open at the same time, in the order in which they were opened
 */
export async function playFrames (app: FastifyInstance, steps: ReadonlyArray<Required<WebSocketStep>>): Promise<Difference[][]> {
  const opened: Array<Opened | HandshakeRefused> = []
  try {
    for (const step of steps) opened.push(await open(app, step))
    return await Promise.all(opened.map(async (socket, index) => await compare(socket, steps[index]?.frames ?? [])))
  } finally {
    for (const socket of opened) if (!(socket instanceof HandshakeRefused)) await socket.vanish()
  }
}

type Opened = TestSocket<undefined, undefined>

async function open (app: FastifyInstance, { path, query, headers }: Required<WebSocketStep>): Promise<Opened | HandshakeRefused> {
  return await connect(app, `${path}${query === '' ? '' : `?${query}`}` as '/', { headers: grouped(headers) as Record<string, string> }).catch((error: unknown) => {
    if (error instanceof HandshakeRefused) return error
    throw error
  })
}

/** Repeated headers as lists, which Node sends one by one. */
function grouped (headers: readonly Header[]): Record<string, string | string[]> {
  const names = new Set(headers.map(([name]) => name))
  return Object.fromEntries([...names].map(name => {
    const values = headers.filter(([other]) => other === name).map(([, value]) => value)
    return [name, values.length > 1 ? values : String(values[0])]
  }))
}

async function compare (socket: Opened | HandshakeRefused, [first, ...others]: readonly Frame[]): Promise<Difference[]> {
  if (socket instanceof HandshakeRefused) return refusal(first, socket)
  return first?.accept === true ? await talk(socket, others) : [{ at: 'handshake', expected: first, got: 'accepted' }]
}

/** Closed before it is accepted is a 403 on the wire; of a path that is not there Fastify says 404. */
function refusal (first: Frame | undefined, { status, body }: HandshakeRefused): Difference[] {
  const expected = first?.close === 1000 ? 404 : 403
  return first?.close !== undefined && status === expected ? [] : [{ at: 'handshake', expected: first, got: { status, body } }]
}

async function talk (socket: TestSocket<undefined, undefined>, frames: readonly Frame[]): Promise<Difference[]> {
  for (const [index, { dir, text, close }] of frames.entries()) {
    const at = `frame ${index + 1}`
    if (dir === 'c2s') {
      if (close === undefined) socket.send(String(text))
      else await socket.close(close)
      continue
    }
    const got = close === undefined ? await socket.receive().catch(String) : (await socket.closed).code
    const expected = close ?? text
    if (got !== expected) return [{ at, expected, got }]
  }
  return []
}
