/**
 * Whether each process of a server is well again: ready, and in touch with the others.
 *
 * @module
 */

import { get, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { ask } from './ask.ts'

/** Milliseconds until all must be ready. */
const PATIENCE = 20_000

/** Connections for each process, so that each gets one. */
const TRIES = 20

/** How many processes of these servers are ready. */
export async function readyProcesses (origins: readonly string[], processes: number): Promise<number> {
  const ready = new Set<string>()
  const begun = performance.now()
  while (ready.size < processes && performance.now() - begun < PATIENCE) {
    for (const origin of origins) {
      const { outcome, process } = await ask(origin, { method: 'GET', path: '/health/ready' }, false)
      if (outcome === 200) ready.add(process)
    }
    await delay(20)
  }
  return ready.size
}

/** How many processes of these servers hear a message that one of them publishes. */
export async function hearingProcesses (origins: readonly string[], processes: number, nr: number): Promise<number> {
  const streams = new Map<string, IncomingMessage>()
  for (let attempt = 0; streams.size < processes && attempt < TRIES * processes; attempt++) {
    const stream = await new Promise<IncomingMessage>((resolve, reject) => { get(`${origins[attempt % origins.length]}/events`, { agent: false }, resolve).once('error', reject) })
    const process = String(stream.headers['x-process'])
    if (stream.statusCode !== 200 || streams.has(process)) stream.destroy()
    else streams.set(process, stream)
  }
  const hearing = [...streams.values()].map(stream => heard(stream, nr))
  await ask(String(origins[0]), { method: 'POST', path: `/writes/${nr}` }, false)
  return (await Promise.all(hearing)).filter(Boolean).length
}

async function heard (stream: IncomingMessage, nr: number): Promise<boolean> {
  const tooLate = setTimeout(() => { stream.destroy() }, PATIENCE)
  let text = ''
  try {
    for await (const chunk of stream) {
      text += String(chunk)
      if (text.includes(`{"nr":${nr}}`)) return true
    }
    return false
  } catch {
    return false
  } finally {
    clearTimeout(tooLate)
    stream.destroy()
  }
}
