import { join } from 'node:path'
import t from 'tap'
import { deviationsOf } from './deviations.ts'
import { NO_APP, play, type StepResult } from './runner.ts'
import { playedScenarios } from './apps.ts'
import { byApp } from './scenarios.ts'

const apps = join(import.meta.dirname, 'apps')
const known = deviationsOf('scenarios')

t.test('every app answers as the recorded one', async t => {
  const unused = new Set(known.keys())
  const skipped = new Map<string, number>()

  for (const [app, scenarios] of byApp(playedScenarios(apps))) {
    const results: StepResult[] = []
    for (const scenario of scenarios) results.push(...await play(scenario, apps))
    for (const { outcome, reason = '' } of results) if (outcome === 'skipped') skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
    if (results.every(({ reason }) => reason === NO_APP)) continue

    t.test(app, async t => {
      for (const { step, outcome, reason, differences } of results) {
        const key = `${app} ${step}`
        if (outcome === 'failed' && known.has(key)) unused.delete(key)
        else if (outcome === 'skipped') t.pass(`${step}: ${reason}`)
        else t.same({ outcome, reason, differences }, { outcome: 'passed' }, step)
      }
    })
  }

  await t.test('every deviation still deviates', async t => {
    t.same([...unused], [])
  })
  for (const [rule, steps] of skipped) t.comment(`skipped: ${steps} ${rule}`)
})
