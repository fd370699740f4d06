/**
 * A large table as JSON lines: memory is bounded, and flat.
 *
 * `npm run hardening -- streams [--rows 1000000]`
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { databases, type TriedDatabase } from './db/databases.ts'
import type { Memory } from './streams-server.ts'
import { suite } from './suite.ts'

/** MB that the largest moment may have more than the moment before the stream. */
const PEAK = 128
/** MB that may come, behind the second hundred thousand rows of the first stream, to what is no young generation of V8's. */
const GROWTH = 16

/** Lines of a response over a socket. */
async function linesOf (url: string): Promise<number> {
  const [response] = await once(get(url), 'response')
  let lines = 0
  for await (const chunk of response as AsyncIterable<Buffer>) for (const byte of chunk) if (byte === 10) lines++
  return lines
}

interface Told extends Memory {
  readonly problems: readonly string[]
}

async function streamed (server: ChildProcess, what: string, url: string, rows: number): Promise<Told> {
  const told = once(server, 'message') as Promise<[Memory]>
  const begun = performance.now()
  const lines = await linesOf(url)
  const seconds = (performance.now() - begun) / 1000
  const [memory] = await told
  const { before, most, mostWithoutYoung } = memory
  console.log(`${what}: ${lines} lines in ${seconds.toFixed(1)} s, memory +${(Math.max(...most) - before).toFixed(0)} MB at most (${most.map(size => `+${(size - before).toFixed(0)}`).join(', ')}); without the young generation ${mostWithoutYoung.map(size => size.toFixed(0)).join(', ')} MB in all`)
  return { ...memory, problems: lines === rows ? [] : [`${what}: ${lines} lines of ${rows}`] }
}

async function tried ({ dialect, url }: TriedDatabase, rows: number): Promise<string[]> {
  const server = fork(join(import.meta.dirname, 'streams-server.ts'), [url, String(rows)])
  try {
    const [address] = await once(server, 'message')
    await linesOf(`${String(address)}/one`)
    const first = await streamed(server, `${dialect}, a query`, `${String(address)}/events`, rows)
    const second = await streamed(server, `${dialect}, a prepared statement`, `${String(address)}/prepared`, rows)
    const peak = Math.max(...[first, second].map(({ before, most }) => Math.max(...most) - before))
    const [begun, ...later] = [...first.mostWithoutYoung.slice(first.mostWithoutYoung.length > 1 ? 1 : 0), ...second.mostWithoutYoung]
    const growth = Math.max(...later) - Number(begun)
    return [
      ...first.problems,
      ...second.problems,
      ...peak <= PEAK ? [] : [`${dialect}: +${peak.toFixed(0)} MB, ${PEAK} at most`],
      ...growth <= GROWTH ? [] : [`${dialect}: without V8's young generation, memory grew by ${growth.toFixed(0)} MB behind the second hundred thousand rows, ${GROWTH} at most`]
    ]
  } finally {
    server.kill()
  }
}

export const streams = suite('A large table as JSON lines, read by a cursor: memory is bounded, and flat', {
  rows: { about: 'Rows of the table', default: 1_000_000 }
}, async ({ rows }) => {
  const wrong: string[] = []
  for (const database of await databases()) {
    try {
      wrong.push(...await tried(database, rows))
    } finally {
      await database.drop()
    }
  }
  return wrong
})
