import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../../../plugins/db/index.ts'
import type { TriedDatabase } from './databases.ts'
import { writes } from './server.ts'

const CLIENTS = 8

/** The server is killed in the middle of writes, again and again: what it has acknowledged is there, and the file is sound. */
export async function kills ({ dialect, url }: TriedDatabase, times: number): Promise<string[]> {
  const acknowledged = new Set<number>()
  let nr = 1
  for (let kill = 0; kill < times; kill++) {
    const { child, origin } = await start(url)
    const server = { alive: true }
    const client = async (): Promise<void> => {
      while (server.alive) {
        const mine = nr++
        try {
          const { status } = await fetch(`${origin}/writes/${mine}`, { method: 'POST' })
          if (status === 200) acknowledged.add(mine)
        } catch {
          return // killed
        }
      }
    }
    const clients = Array.from({ length: CLIENTS }, client)
    await new Promise(resolve => setTimeout(resolve, 150 + Math.random() * 150))
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    server.alive = false
    await Promise.all(clients)
  }

  const db = openDatabase({ url, tables: [writes] })
  const kept = new Set((await db.of([writes]).selectFrom('writes').select('nr').execute()).map(row => row.nr))
  const integrity = dialect === 'sqlite' ? (await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db)).rows[0]?.integrity_check : 'ok'
  await db.destroy()
  const lost = [...acknowledged].filter(one => !kept.has(one))
  console.log(`${dialect}: kill -9 under writes, ${times} times: ${acknowledged.size} acknowledged, ${lost.length} lost${dialect === 'sqlite' ? `, integrity ${integrity}` : ''}`)
  return [
    ...lost.length > 0 ? [`${dialect}: ${lost.length} acknowledged writes are lost`] : [],
    ...acknowledged.size === 0 ? [`${dialect}: nothing was written`] : [],
    ...integrity === 'ok' ? [] : [`${dialect}: ${integrity}`]
  ]
}

async function start (url: string): Promise<{ child: ChildProcess, origin: string }> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [url])
  const [origin] = await once(child, 'message')
  return { child, origin }
}
