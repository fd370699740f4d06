/**
 * Plays the recorded frames of a WebSocket.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { connect, HandshakeRefused, type TestSocket } from '../../plugins/testing/index.ts'
import type { Difference } from './json-diff.ts'
import type { Frame, WebSocketStep } from './scenarios.ts'

/** What is not as it was recorded: the first difference, as what follows depends on it. */
export async function playFrames (app: FastifyInstance, { path, query, headers, frames }: Required<WebSocketStep>): Promise<Difference[]> {
  const [first, ...others] = frames
  const socket = await connect(app, `${path}${query === '' ? '' : `?${query}`}` as '/', { headers: Object.fromEntries(headers) }).catch((error: unknown) => {
    if (error instanceof HandshakeRefused) return error
    throw error
  })
  if (socket instanceof HandshakeRefused) return refusal(first, socket)
  try {
    const isAccepted = first?.accept === true
    const differences = isAccepted ? await talk(socket, others) : [{ at: 'handshake', expected: first, got: 'accepted' }]
    return differences
  } finally {
    await socket.vanish()
  }
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
