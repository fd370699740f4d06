import { openDatabase } from '../../../plugins/db/index.ts'
import type { TriedDatabase } from './databases.ts'
import { buildServer, ENDS, writes } from './server.ts'

const AT_ONCE = 25
/** Numbers that `kills` does not reach. */
const FIRST = 10_000_000 - 10_000_000 % ENDS

/** Requests that end in every way there is: no connection is lost by them, and what is kept is what was to be. */
export async function leaks ({ dialect, url }: TriedDatabase, requests: number): Promise<string[]> {
  const app = await buildServer(url)
  await app.ready()
  const { pool } = app.db
  let [next, expected, unanswered] = [0, 0, 0]
  const client = async (): Promise<void> => {
    while (next < requests) {
      const end = Math.floor(Math.random() * ENDS)
      const nr = FIRST + next++ * ENDS + end
      const answer = await app.inject({ method: 'POST', url: `/ends/${nr}` }).catch(() => undefined)
      if (answer?.statusCode === 503) unanswered++
      if (answer?.statusCode === 200) expected++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  const after = await app.inject('/count')
  const load = pool
  await app.close()

  const db = openDatabase({ url, tables: [writes] })
  const rows = await db.of([writes]).selectFrom('writes').select(['nr', 'kind']).where('nr', '>=', FIRST).execute()
  await db.destroy()
  const undone = rows.filter(({ kind }) => kind === 'undone').length
  const kept = rows.length - undone
  const held = load.total - load.idle
  console.log(`${dialect}: ${requests} requests with random ends: ${kept} kept of ${expected}, ${undone} kept wrongly, ${held} connections held, ${load.waiting} waiting, ${unanswered} without a connection`)
  return [
    ...held > 0 || load.waiting > 0 ? [`${dialect}: ${held} connections are leaked`] : [],
    ...kept === expected && undone === 0 ? [] : [`${dialect}: ${kept} kept of ${expected}, ${undone} kept wrongly`],
    ...after.statusCode === 200 ? [] : [`${dialect}: it does not serve any more: ${after.statusCode}`],
    ...unanswered > 0 ? [`${dialect}: ${unanswered} requests had no connection in time`] : []
  ]
}
