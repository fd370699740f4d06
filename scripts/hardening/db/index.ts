/**
 * The promises of `db`: `npm run hardening -- db [--kills 10] [--requests 10000]`. SQLite always, PostgreSQL where it is
 * reached (`TEST_POSTGRES_URL`).
 *
 * @module
 */

import { parseArgs } from 'node:util'
import type { Suite } from '../suite.ts'
import { awayAndBack } from './away.ts'
import { databases } from './databases.ts'
import { kills } from './kills.ts'
import { leaks } from './leaks.ts'

export const db: Suite = async args => {
  const { values } = parseArgs({ args, options: { kills: { type: 'string', default: '10' }, requests: { type: 'string', default: '10000' } } })
  const wrong: string[] = []
  for (const database of await databases()) {
    try {
      wrong.push(...await kills(database, Number(values.kills)))
      wrong.push(...await leaks(database, Number(values.requests)))
      if (database.dialect === 'postgres') wrong.push(...await awayAndBack(database))
    } finally {
      await database.drop()
    }
  }
  return wrong
}
