/**
 * Runs an app without a network: `node in-process.ts <module> <load as JSON>`.
 *
 * The connections are streams in memory, which Node's `connection` event of a server allows. Node's parser,
 * `IncomingMessage` and `ServerResponse` run as they do for a socket, without its system calls.
 *
 * @module
 */

import type { Server } from 'node:http'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { GCProfiler, getHeapStatistics } from 'node:v8'
import { Answers, CONNECTIONS, type Load, requestOf } from './wire.ts'

/** What a module in `apps/` exports to be measured in process. */
export interface Built {
  build (): Promise<{ readonly server: Server, ready (): PromiseLike<unknown> }>
}

/** A question to this process. */
export interface Question {
  /** What to return: microseconds of CPU time, bytes of the JavaScript heap, or the body of the first answer. */
  readonly measure: 'cpu' | 'bytes' | 'body'
  readonly requests: number
}

const [, , module, json] = process.argv
const load: Load = JSON.parse(String(json))
const { build }: Built = await import(pathToFileURL(String(module)).href)
const app = await build()
await app.ready()

/** Connections whose answer is not complete. */
let open = 0
let round = Promise.withResolvers<void>()

class Connection extends Duplex {
  readonly answers = new Answers(load.status)

  constructor () {
    // Like a socket, which takes strings without making buffers of them.
    super({ decodeStrings: false })
    this.on('close', () => { round.reject(new Error('The app closed a connection')) })
    app.server.emit('connection', this)
  }

  override _read (): void {}

  override _write (chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.#take(chunk)
    done()
  }

  override _writev (chunks: ReadonlyArray<{ chunk: string | Buffer }>, done: () => void): void {
    for (const { chunk } of chunks) this.#take(chunk)
    done()
  }

  #take (chunk: string | Buffer): void {
    try {
      if (this.answers.take(chunk) && --open === 0) round.resolve()
    } catch (error) {
      round.reject(error)
    }
  }
}

const request = requestOf(load)
const connections = Array.from({ length: CONNECTIONS }, () => new Connection())

/** Makes so many requests, one on each connection per turn of the event loop. */
async function run (requests: number): Promise<void> {
  for (let done = 0; done < requests; done += CONNECTIONS) {
    round = Promise.withResolvers()
    open = CONNECTIONS
    for (const connection of connections) connection.push(request)
    await round.promise
    // What ends a request comes after its answer.
    await setImmediate()
  }
}

const measures = {
  async cpu (requests: number): Promise<number> {
    const before = process.cpuUsage()
    await run(requests)
    const { user, system } = process.cpuUsage(before)
    return user + system
  },

  /** Returns by how much the heap has grown, plus what the garbage collector has freed. */
  async bytes (requests: number): Promise<number> {
    const profiler = new GCProfiler()
    profiler.start()
    const before = getHeapStatistics().used_heap_size
    await run(requests)
    const after = getHeapStatistics().used_heap_size
    const freed = profiler.stop()?.statistics.map(({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize) ?? []
    return freed.reduce((sum, bytes) => sum + bytes, after - before)
  },

  async body (requests: number): Promise<string> {
    await run(requests)
    return String(connections[0]?.answers.body)
  }
}

process.on('message', async ({ measure, requests }: Question) => {
  process.send?.(await measures[measure](requests))
})
process.send?.('ready')
