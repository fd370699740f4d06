/**
 * Streams of events whose clients vanish: no generator stays open, and memory stays what it was.
 *
 * `npm run hardening -- sse [--clients 1000] [--vanish 10] [--seconds 60]`
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Counts } from './sse-server.ts'
import { suite } from './suite.ts'

/** Seconds until memory has found its level. */
const WARM_UP = 15

/** How much the last third of the time may have more than the first, as memory of a process comes and goes. */
const GROWTH = 1.1

/** Seconds in which what is left is closed: a tick comes every second. */
const PATIENCE = 5

/** One in so many does not read. */
const DEAF = 20

export const sse = suite('Clients of an event stream, some of which vanish', {
  clients: { about: 'Clients at a time', default: 1000 },
  vanish: { about: 'Clients that vanish each second', default: 10 },
  seconds: { about: 'Duration, after the warm-up', default: 60 }
}, async ({ clients, vanish, seconds }) => {
  const server = fork(join(import.meta.dirname, 'sse-server.ts'))
  try {
    const [port] = await once(server, 'message')
    const crowd = new Crowd(Number(port))
    await crowd.fill(clients)
    const samples = await watch(server, crowd, vanish, seconds)
    const last = await counts(server)
    console.log(`${clients} clients, ${vanish} of them vanishing a second, for ${seconds} s: ${last.begun} streams begun, ${last.open} open, ${crowd.events} events read`)
    crowd.leave()
    return [...await left(server), ...grown(samples)]
  } finally {
    server.kill()
  }
})

class Crowd {
  readonly #port: number
  readonly #sockets: Socket[] = []
  #joined = 0
  events = 0

  constructor (port: number) {
    this.#port = port
  }

  async fill (count: number): Promise<void> {
    while (this.#sockets.length < count) await Promise.all(Array.from({ length: Math.min(50, count - this.#sockets.length) }, () => this.join()))
  }

  async join (): Promise<void> {
    const socket = connect(this.#port, '127.0.0.1').on('error', () => {})
    this.#sockets.push(socket)
    await once(socket, 'connect')
    socket.write('GET /prices HTTP/1.1\r\nhost: x\r\n\r\n')
    if (++this.#joined % DEAF !== 0) socket.on('data', chunk => { this.events += chunk.includes('data:') ? 1 : 0 })
  }

  /** The one that has been there longest goes, without a word or with a reset. */
  vanish (): void {
    const socket = this.#sockets.shift()
    if (this.#joined % 2 === 0) socket?.destroy()
    else socket?.resetAndDestroy()
  }

  leave (): void {
    while (this.#sockets.length > 0) this.vanish()
  }
}

async function counts (server: ChildProcess): Promise<Counts> {
  server.send('counts')
  const [message] = await once(server, 'message')
  return message as Counts
}

/** Lets clients come and go, and notes the memory of the server every second. */
async function watch (server: ChildProcess, crowd: Crowd, vanish: number, seconds: number): Promise<number[]> {
  const samples: number[] = []
  const end = performance.now() + (WARM_UP + seconds) * 1000
  for (let second = 0; performance.now() < end; second++) {
    for (let i = 0; i < vanish; i++) {
      crowd.vanish()
      await Promise.all([crowd.join(), sleep(1000 / vanish)])
    }
    const { rss } = await counts(server)
    if (second >= WARM_UP) samples.push(rss)
  }
  return samples
}

async function left (server: ChildProcess): Promise<string[]> {
  const end = performance.now() + PATIENCE * 1000
  for (;;) {
    const { open, sessions } = await counts(server)
    const line = `when all are gone: ${open} generators and ${sessions} of their dependencies open`
    if (open + sessions === 0 || performance.now() > end) {
      console.log(line)
      return open + sessions === 0 ? [] : [line]
    }
    await sleep(100)
  }
}

function grown (samples: readonly number[]): string[] {
  const third = Math.ceil(samples.length / 3)
  const [before, after] = [median(samples.slice(0, third)), median(samples.slice(-third))]
  const line = `resident memory: ${before.toFixed(0)} MB in the first third of the time, ${after.toFixed(0)} MB in the last (× ${(after / before).toFixed(2)}, at most ${GROWTH})`
  console.log(line)
  return after / before <= GROWTH ? [] : [line]
}

function median (values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
