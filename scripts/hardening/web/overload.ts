/**
 * More requests than can be answered.
 *
 * @module
 */

import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from './row.ts'
import { ask } from './slow.ts'

/** What a request keeps the server busy for, in milliseconds. */
const WORK = 5
const SECONDS = 10
/** So many are asked for in a second; the server can do a third of it. */
const RATE = 3 * 1000 / WORK
const MOST_SECONDS = 5

export async function overload (port: number): Promise<Row> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  const mistakes = new Map<string, number>()
  const mistake = (what: string): void => { mistakes.set(what, (mistakes.get(what) ?? 0) + 1) }
  const counts = { right: 0, refused: 0 }
  const one = async (): Promise<boolean> => {
    const { status, retryAfter, body } = await ask(port, `/busy/${WORK}`, agent)
    if (status === 200 && body === `{"worked":${WORK}}`) counts.right++
    else if (status === 503 && Number(retryAfter) > 0 && body === '{"detail":"Service Unavailable"}') counts.refused++
    else mistake(`answered ${status}, Retry-After ${String(retryAfter)}: ${body.slice(0, 60)}`)
    return status === 200
  }

  // At a steady rate, whether or not the earlier ones are answered.
  const under: Array<Promise<unknown>> = []
  const from = performance.now()
  for (let sent = 0; performance.now() - from < SECONDS * 1000;) {
    for (const due = (performance.now() - from) / 1000 * RATE; sent < due; sent++) under.push(one().catch(error => { mistake(String(error)) }))
    await sleep(5)
  }
  await Promise.all(under)

  const over = performance.now()
  let inRow = 0
  while (inRow < 20 && performance.now() - over < 30_000) inRow = await one() ? inRow + 1 : await sleep(50, 0)
  const recovered = (performance.now() - over) / 1000
  agent.destroy()
  const amount = [...mistakes.values()].reduce((sum, count) => sum + count, 0)
  const wrong = [...mistakes].map(([what, count]) => `overload: ${count} × ${what}`)
  if (recovered > MOST_SECONDS) wrong.push(`overload: back to normal after ${recovered.toFixed(1)} s only`)
  if (counts.refused === 0) wrong.push('overload: nobody was refused, so nothing was tried')
  return {
    promise: 'overload is answered by 503 with Retry-After, and passes',
    figure: `${under.length} requests in ${SECONDS} s, three times what can be done: ${counts.right} answered, ${counts.refused} refused, ${amount} wrong; back to normal after ${recovered.toFixed(1)} s (at most ${MOST_SECONDS})`,
    wrong
  }
}
