import t from 'tap'
import { places } from '../../migrations-random/places.ts'
import { tryRounds } from '../../migrations-random/rounds.ts'

const ROUNDS = 20

// Each round makes two databases.
t.setTimeout(600_000)

for (const place of await places()) {
  t.test(`${place.dialect}: in ${ROUNDS} rounds a random database is pulled, changed and changed back, and nothing is lost`, async t => {
    t.setTimeout(300_000)
    t.teardown(() => place.drop())
    const seed = Date.now() & 0x7fffffff
    const { lost, rows, steps } = await tryRounds(place, ROUNDS, seed)
    t.same(lost, [], `seed ${seed}`)
    t.ok(rows > ROUNDS && steps > ROUNDS, `${rows} rows, ${steps} steps`)
  })
}
