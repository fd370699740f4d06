import { setTimeout as delay } from 'node:timers/promises'
import type { TriedDatabase } from './databases.ts'
import { Proxy } from './proxy.ts'
import { buildServer } from './server.ts'

const AWAY = 2000
const LIMIT = 5000
const ENOUGH = 10_000

/** PostgreSQL goes and comes back under load: requests are answered 503 meanwhile, and served again soon after. */
export async function awayAndBack ({ url }: TriedDatabase): Promise<string[]> {
  const target = new URL(url)
  const proxy = new Proxy({ host: target.hostname, port: Number(target.port || 5432) })
  await proxy.start()
  target.host = `127.0.0.1:${proxy.port}`
  const app = await buildServer(target.href)
  await app.ready()

  const statuses = new Map<number, number>()
  const at = { running: true, back: Infinity, served: Infinity }
  let nr = 900_000_000
  const client = async (): Promise<void> => {
    while (at.running) {
      const write = Math.random() < 0.5
      const { statusCode } = await app.inject(write ? { method: 'POST', url: `/writes/${nr++}` } : { method: 'GET', url: '/count' })
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
      if (statusCode === 200 && performance.now() > at.back) at.served = Math.min(at.served, performance.now())
      else await delay(5)
    }
  }
  const clients = Array.from({ length: 20 }, client)
  await delay(500)
  await proxy.stop()
  await delay(AWAY)
  await proxy.start()
  at.back = performance.now()
  while (at.served === Infinity && performance.now() - at.back < ENOUGH) await delay(10)
  await delay(500)
  at.running = false
  await Promise.all(clients)
  const after = await app.inject('/count')
  const { total, idle } = app.db.pool
  await app.close()
  await proxy.stop()

  const took = at.served - at.back
  const list = [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${n} × ${status}`).join(', ')
  console.log(`postgres: gone for ${AWAY} ms under load and back: served again after ${took.toFixed(0)} ms (goal: ${LIMIT} ms); ${list}; ${total - idle} connections held afterwards`)
  return [
    ...took <= LIMIT ? [] : ['PostgreSQL was back, and requests were not served'],
    ...after.statusCode === 200 ? [] : [`afterwards it answers ${after.statusCode}`],
    ...[...statuses.keys()].every(status => status === 200 || status === 503) ? [] : [`answers other than 200 and 503: ${list}`],
    ...total - idle === 0 ? [] : [`${total - idle} connections are leaked`]
  ]
}
