/**
 * The promises of migrations: `npm run hardening -- migrations [--rounds 500] [--seed N] [--database sqlite|postgres]`.
 *
 * @module
 */

import { suite } from './suite.ts'
import { places } from '../../test/migrations-random/places.ts'
import { tryRounds } from '../../test/migrations-random/rounds.ts'

export const migrations = suite('Random schemas pulled, changed and changed back, with rows', {
  rounds: { about: 'Rounds for each database', default: 500 },
  seed: { about: 'Repeats a run' },
  database: { about: 'Tries this database alone', choices: ['sqlite', 'postgres'] }
}, async ({ rounds, seed = Date.now() & 0x7fffffff, database }) => {
  const wrong: string[] = []
  for (const place of await places()) {
    try {
      if (database !== undefined && place.dialect !== database) continue
      const outcome = await tryRounds(place, rounds, seed, console.log)
      console.log(`${place.dialect}: ${outcome.rounds} rounds, ${outcome.rows} rows, ${outcome.steps} steps up: ${outcome.lost.length} lost (seed ${seed})`)
      wrong.push(...outcome.lost)
    } finally {
      await place.drop()
    }
  }
  return wrong
})
