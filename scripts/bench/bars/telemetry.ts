import { join } from 'node:path'
import type { Bar, Goal } from '../bar.ts'
import { find, variant as databaseVariant } from '../apps/database/load.ts'
import { referenceLoad } from '../apps/telemetry/load.ts'
import { page, variant as getVariant } from '../apps/typed-get/load.ts'
import { good, variant as postVariant } from '../apps/typed-post/load.ts'
import { type Duel, duel } from '../duel.ts'

const GOAL: Goal = { atMost: 1.05 }
const GET = { load: page, module: getVariant('apikit') }
const FIND = { load: find, module: databaseVariant('apikit') }
const POST = { load: good, module: postVariant('apikit') }

const variant = (file: string): string => join(import.meta.dirname, '..', 'apps', 'telemetry', `${file}.ts`)
const REFERENCE = { load: referenceLoad, module: variant('plain-reference') }

const WAYS: ReadonlyArray<readonly [what: string, file: string, of: typeof POST, goal?: Goal]> = [
  ['GET of the reference app, 1 in 100 traced, by "ratio"', 'ratio-reference', REFERENCE, GOAL],
  ['GET, 1 in 100 traced, by "ratio"', 'ratio-get', GET, GOAL],
  ['GET of a user, SQLite, 1 in 100 traced, by "ratio"', 'ratio-database', FIND, GOAL],
  ['POST, 1 in 100 traced, by "ratio"', 'ratio-post', POST, GOAL],
  ['POST, 1 in 100 traced, by the sampler of the SDK', 'sampler', POST],
  ['POST, 1 span in 100, of the SDK alone', 'floor', POST]
]

/** Of so many, one in 100 runs the code that traces. */
const WARM_UP = 320_000

export const telemetry: Bar = {
  id: 'T17',
  title: 'A GET of the reference app, the GET of T1, the POST of T2 and the GET of T7, 1 in 100 of which is traced',
  async run (settings) {
    const findings = []
    for (const [what, file, { load, module }, goal] of WAYS) {
      const pair: Duel = {
        what,
        load,
        ours: { name: what, module: variant(file) },
        theirs: { name: 'the same app, not traced', module },
        warmUp: WARM_UP,
        // Each has its own moment in created_at.
        sameAnswers: false,
        ...goal && { goals: { socket: goal, bytes: {} } }
      }
      findings.push(...await duel(pair, settings))
    }
    return findings
  }
}
