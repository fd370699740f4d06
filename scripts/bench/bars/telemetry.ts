import { join } from 'node:path'
import type { Bar, Goal } from '../bar.ts'
import { good, variant } from '../apps/typed-post/load.ts'
import { duel } from '../duel.ts'

const WAYS: ReadonlyArray<readonly [name: string, file: string, goal?: Goal]> = [
  ['1 request in 100 traced, by "ratio"', 'ratio', { atMost: 1.05 }],
  ['1 request in 100 traced, by the sampler of the SDK', 'sampler'],
  ['1 span in 100, of the SDK alone', 'floor']
]

export const telemetry: Bar = {
  id: 'T17',
  title: 'The POST of T2, 1 in 100 of which is traced',
  async run (settings) {
    const findings = []
    for (const [what, file, goal] of WAYS) {
      const ours = { name: what, module: join(import.meta.dirname, '..', 'apps', 'telemetry', `${file}.ts`) }
      findings.push(...await duel({ what, load: good, ours, theirs: { name: 'the same app, not traced', module: variant('apikit') }, ...goal && { goals: { socket: goal, bytes: {} } } }, settings))
    }
    return findings
  }
}
