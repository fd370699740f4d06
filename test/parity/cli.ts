/**
 * Compares the project with recorded exchanges of FastAPI:
 * `npm run parity -- [--scenarios FILE]… [--apps DIR] [--only GLOB] [--json FILE]`. `npm run parity -- record` records them
 * again.
 *
 * @module
 */

import { writeFileSync } from 'node:fs'
import { join, matchesGlob, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { playedScenarios } from './apps.ts'
import { type AppReport, rulesOf, totalsOf, writeApp, writeSummary } from './report.ts'
import { record } from './record.ts'
import { play } from './runner.ts'
import { byApp, readScenarios, type Scenario } from './scenarios.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    scenarios: { type: 'string', multiple: true },
    apps: { type: 'string', default: join(import.meta.dirname, 'apps') },
    only: { type: 'string', default: '*' },
    json: { type: 'string' }
  }
})

const [command, ...names] = positionals
if (command === 'record') process.exit(record(values.python, names))

// What one app leaves behind must not end the run of all the others.
const strays: unknown[] = []
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, error => { strays.push(error) })

const dir = resolve(values.apps)
const json = values.json && resolve(values.json)
const scenarios = values.scenarios?.map(file => resolve(file)).flatMap(readScenarios) ?? playedScenarios(dir)
const chosen = byApp(scenarios.filter(isChosen))
if (chosen.size === 0) console.error('No scenario to play: name a file with --scenarios FILE, or see --only.')

const reports: AppReport[] = []
for (const [app, group] of chosen) {
  const report: AppReport = { app, steps: [] }
  for (const scenario of group) report.steps.push(...await play(scenario, dir))
  reports.push(report)
  for (const line of writeApp(report)) console.log(line)
  for (const stray of strays.splice(0)) {
    process.exitCode = 1
    console.log('       left unhandled:', stray)
  }
}

const steps = reports.flatMap(({ steps }) => steps)
if (json) {
  const apps = reports.map(report => ({ app: report.app, ...totalsOf(report.steps), steps: report.steps }))
  writeFileSync(json, JSON.stringify({ ...totalsOf(steps), rules: Object.fromEntries(rulesOf(steps)), apps }, null, 2) + '\n')
}
for (const line of writeSummary(steps)) console.log(line)
if (totalsOf(steps).failed > 0 || chosen.size === 0) process.exitCode = 1

/** Whether `--only` takes an app, with or without the name of the object in its module. */
function isChosen ({ app }: Scenario): boolean {
  return [app, app.split(':')[0] ?? ''].some(name => matchesGlob(name, values.only))
}
