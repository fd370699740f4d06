/**
 * The promises of `db`: `npm run hardening -- db [--kills 10] [--requests 10000]`. SQLite always, PostgreSQL where it is
 * reached (`TEST_POSTGRES_URL`).
 *
 * @module
 */

import { suite } from '../suite.ts'
import { awayAndBack } from './away.ts'
import { databases } from './databases.ts'
import { kills } from './kills.ts'
import { leaks } from './leaks.ts'

export const db = suite('The server killed under writes, requests with random ends, PostgreSQL gone and back under load', {
  kills: { about: 'Times that the server is killed', default: 10 },
  requests: { about: 'Requests with random ends', default: 10_000 }
}, async options => {
  const wrong: string[] = []
  for (const database of await databases()) {
    try {
      wrong.push(...await kills(database, options.kills))
      wrong.push(...await leaks(database, options.requests))
      if (database.dialect === 'postgres') wrong.push(...await awayAndBack(database))
    } finally {
      await database.drop()
    }
  }
  return wrong
})
