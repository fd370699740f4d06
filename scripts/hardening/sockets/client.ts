/**
 * Sends one request over a socket of its own, as its course says.
 *
 * @module
 */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Course, type Sent, wire } from './courses.ts'

/** Milliseconds of silence after which a client goes: what is malformed may make the server wait for more. */
const SILENCE = 500
/** The same for a client whose request is whole. */
const PATIENCE = 20_000

async function turns (count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => { setImmediate(resolve) })
}

/** @returns what is wrong with the answer; of a client that goes, or sends nonsense, nothing can be */
export async function play (port: number, course: Course, requests: readonly Sent[]): Promise<string | undefined> {
  const [first, second] = [course.route, course.second].map(index => requests[index % requests.length] as Sent) as [Sent, Sent]
  const inChunks = course.second % 2 === 0
  const text = course.does === 'pipelined' ? wire(first, false, inChunks) + wire(second, true) : wire(first, true, inChunks)
  const bytes = Buffer.from(text)
  const at = Math.floor(course.at * bytes.length)
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let received = ''
  socket.on('data', chunk => { received += chunk.toString('latin1') })
  const closed = once(socket, 'close')
  await Promise.race([once(socket, 'connect'), closed])

  switch (course.does) {
    case 'whole': case 'pipelined':
      socket.write(bytes)
      socket.setTimeout(PATIENCE, () => { socket.destroy() })
      break
    case 'slowed':
      socket.setNoDelay().setTimeout(PATIENCE, () => { socket.destroy() })
      socket.write(bytes.subarray(0, at))
      await turns(course.turns)
      socket.write(bytes.subarray(at))
      break
    case 'malformed':
      bytes[at] = course.byte
      socket.setTimeout(SILENCE, () => { leave(socket, course) })
      socket.write(bytes)
      break
    case 'cut':
      // In the end, of the answer something may be on its way.
      socket.write(bytes.subarray(0, course.at < 0.3 ? bytes.length : at))
      await turns(course.turns)
      leave(socket, course)
  }
  await closed
  if (course.does === 'cut' || course.does === 'malformed') return undefined
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))
  const expected = course.does === 'pipelined' ? [first.status, second.status] : [first.status]
  return statuses.join() === expected.join() ? undefined : `${course.does} ${first.line}${course.does === 'pipelined' ? `, ${second.line}` : ''}: answered ${statuses.join() || 'nothing'}, not ${expected.join()}`
}

function leave (socket: Socket, { resets }: Course): void {
  if (resets) socket.resetAndDestroy()
  else socket.destroy()
}
