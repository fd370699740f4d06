/**
 * A thousand clients that take their time, and what others notice of them.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from './row.ts'

const SOCKETS = 1000
const SAMPLES = 2000
const MOST = 2
const ROUNDS = 5

/** Answers a request of somebody who is quick, and says how long it took, in milliseconds. */
export async function ask (port: number, path: string, agent: Agent): Promise<{ status: number, retryAfter: string | undefined, body: string, milliseconds: number }> {
  const from = performance.now()
  const outgoing = get({ port, host: '127.0.0.1', path, agent })
  const [incoming] = await once(outgoing, 'response')
  let body = ''
  for await (const chunk of incoming) body += String(chunk)
  return { status: incoming.statusCode, retryAfter: incoming.headers['retry-after'], body, milliseconds: performance.now() - from }
}

async function p99 (port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const times: number[] = []
  for (let at = 0; at < SAMPLES; at += 4) {
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(port, '/quick', agent)))
    times.push(...answers.map(({ milliseconds }) => milliseconds))
  }
  agent.destroy()
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN
}

// Half of them never end their headers, the others never end their body; all send a byte now and then.
const STARTS = ['GET /quick HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n[']

async function openSlow (port: number): Promise<{ sockets: Socket[], closed: () => number, stop: () => void }> {
  let closed = 0
  const sockets: Socket[] = []
  for (let at = 0; at < SOCKETS; at++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('close', () => { closed++ })
    socket.resume()
    await once(socket, 'connect')
    socket.write(STARTS[at % 2] as string)
    sockets.push(socket)
  }
  // Few at a time: who measures is in this process, too.
  let next = 0
  const drip = setInterval(() => {
    for (let count = 0; count < SOCKETS / 100; count++) {
      const socket = sockets[next++ % SOCKETS]
      if (socket?.writable) socket.write(' ')
    }
  }, 10)
  return { sockets, closed: () => closed, stop: () => { clearInterval(drip); for (const socket of sockets) socket.destroy() } }
}

/** @param patience seconds after which the server closes who has not sent a whole request */
export async function slowClients (port: number, server: ChildProcess, patience: number): Promise<Row> {
  await p99(port) // warm
  const rounds: Array<{ alone: number, beside: number }> = []
  let closed = 0
  for (let round = 0; round < ROUNDS; round++) {
    const alone = await p99(port)
    const slow = await openSlow(port)
    rounds.push({ alone, beside: await p99(port) })
    const deadline = performance.now() + (patience + 10) * 1000
    while (slow.closed() < SOCKETS && performance.now() < deadline) await sleep(200)
    closed = slow.closed()
    slow.stop()
  }
  // The machine is not ours alone: the middle one.
  const { alone, beside } = rounds.sort((a, b) => a.beside / a.alone - b.beside / b.alone)[ROUNDS >> 1] as { alone: number, beside: number }

  const ratio = beside / alone
  const wrong = [
    ...ratio > MOST ? [`the p99 of others is ${ratio.toFixed(2)} times what it was`] : [],
    ...closed < SOCKETS ? [`${SOCKETS - closed} slow clients are still there after ${patience} s`] : [],
    ...server.exitCode !== null ? ['the server has ended'] : []
  ]
  return {
    promise: 'slow clients cost the others nothing, and do not stay',
    figure: `${SOCKETS} slow sockets: p99 of others ${alone.toFixed(1)} → ${beside.toFixed(1)} ms (${ratio.toFixed(2)} ×, the middle of ${ROUNDS} rounds, at most ${MOST}); ${closed} closed by the server within ${patience} s and a check`,
    wrong: wrong.map(what => `slow clients: ${what}`)
  }
}
