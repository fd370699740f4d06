/**
 * A hundred clients that log in as fast as they can, and what the others wait for meanwhile.
 *
 * @module
 */

import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { start, stop } from '../../bench/child.ts'
import type { Row } from '../web/row.ts'

const CLIENTS = 100
const SECONDS = 10
/** Milliseconds from one probe to the next, whether or not it is answered. */
const PACE = 20
/** Milliseconds that one probe in a hundred may wait. */
const MOST_WAIT = 50

const FILE = '/uploads/static/upload.js'

interface Answer {
  readonly status: number | undefined
  readonly retryAfter: string | undefined
  readonly milliseconds: number
}

export async function loginFlood (): Promise<Row> {
  const { child, message: { port } } = await start<AddressInfo>(`${import.meta.dirname}/server.ts`, [])
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  try {
    const quiet = await probe(port, agent, 3)
    const mistakes = new Map<string, number>()
    const counts = { refused: 0, busy: 0 }
    const over = new AbortController()
    const clients = Array.from({ length: CLIENTS }, async (_, i) => {
      while (!over.signal.aborted) {
        const { status, retryAfter } = await login(port, agent, i % 2 === 0 ? 'johndoe' : `nobody-${i}`)
        if (status === 401) counts.refused++
        else if (status === 503 && Number(retryAfter) > 0) counts.busy++
        else mistakes.set(`${status}`, (mistakes.get(`${status}`) ?? 0) + 1)
        if (status === 503) await sleep(100) // less than they are told
      }
    })
    const flooded = await probe(port, agent, SECONDS)
    over.abort()
    await Promise.all(clients)
    return {
      promise: `while ${CLIENTS} clients log in, a static file comes within ${MOST_WAIT} ms (p99)`,
      figure: `p50 ${at(flooded, 0.5)}, p99 ${at(flooded, 0.99)}, most ${at(flooded, 1)} ms of ${flooded.length} (quiet: p50 ${at(quiet, 0.5)}, p99 ${at(quiet, 0.99)}); ${counts.refused} logins refused and ${counts.busy} sent away in ${SECONDS} s`,
      wrong: [
        ...Number(at(flooded, 0.99)) <= MOST_WAIT ? [] : [`a static file waited ${at(flooded, 0.99)} ms (p99) while ${CLIENTS} clients logged in`],
        ...counts.refused > 0 ? [] : ['no login was answered, so nothing was tried'],
        ...[...mistakes].map(([status, count]) => `${count} logins of a flood were answered ${status}`)
      ]
    }
  } finally {
    agent.destroy()
    await stop(child)
  }
}

/** Returns how long a file took, in milliseconds, each time it was asked for. */
async function probe (port: number, agent: Agent, seconds: number): Promise<number[]> {
  const under: Array<Promise<Answer>> = []
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(PACE)) under.push(ask(port, agent, 'GET', FILE))
  const answers = await Promise.all(under)
  if (answers.some(({ status }) => status !== 200)) throw new Error(`${FILE} was answered ${answers.map(({ status }) => status).find(status => status !== 200)}`)
  return answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
}

function login (port: number, agent: Agent, username: string): Promise<Answer> {
  return ask(port, agent, 'POST', '/security/token', String(new URLSearchParams({ username, password: 'wrong' })))
}

function ask (port: number, agent: Agent, method: string, path: string, form?: string): Promise<Answer> {
  const headers = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length }
  const from = performance.now()
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent, method, path, headers }, response => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'], milliseconds: performance.now() - from })
      })
    }).on('error', reject).end(form)
  })
}

function at (sorted: readonly number[], share: number): string {
  return (sorted[Math.ceil(sorted.length * share) - 1] ?? NaN).toFixed(1)
}
