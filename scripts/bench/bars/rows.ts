import { join } from 'node:path'
import type { Bar, Finding, Goal } from '../bar.ts'
import { start, stop } from '../child.ts'
import { median, ratioOf } from '../ratio.ts'

const apps = join(import.meta.dirname, '..', 'apps', 'rows')
const DATABASES = [['sqlite', 'SQLite'], ['postgres', 'PostgreSQL']] as const

interface Measured {
  readonly what: string
  readonly beside: string
  readonly goal: Goal
  readonly unit: string
  /** Of what is measured in one turn. */
  readonly times?: number
}

async function measure (app: string, number: number, { what, beside, goal, unit, times = 1 }: Measured): Promise<Finding> {
  const { child, message: { ours, theirs } } = await start<{ ours: number[], theirs: number[] }>(join(import.meta.dirname, '..', 'called.ts'), [join(apps, `${app}.ts`), String(number)])
  await stop(child)
  const one = (all: readonly number[]): string => (median(all) / times).toFixed(times === 1 ? 0 : 3)
  return { what, beside, ratio: ratioOf(ours, theirs), goal, note: `${one(ours)} / ${one(theirs)} ${unit}` }
}

export const inserts: Bar = {
  id: 'T15',
  title: '100,000 rows inserted by insertMany, beside statements of 1,000 rows by hand',
  async run () {
    const findings: Finding[] = []
    for (const [database, name] of DATABASES) {
      process.env.BENCH_DATABASE = database
      const beside = database === 'sqlite' ? 'node:sqlite, values of many rows' : 'pg, values of many rows'
      findings.push(await measure('insert', 100_000, { what: `100,000 rows, ${name}: time`, beside, goal: { atMost: 1 }, unit: 'ms' }))
    }
    return findings
  }
}

/** In the order of `PICKS`. CPU time: ours may take so many times that of what decodes nothing. */
const RELATED: ReadonlyArray<readonly [columns: string, atMost: number]> = [
  ['plain columns', 1 / 0.8], ['bigint and dateTime', 1 / 0.8], ['bigint, dateTime and date', 1 / 0.8], ['two decimals', 1 / 0.4]
]

export const related: Bar = {
  id: 'T16',
  title: 'A user with 50 items by withMany, beside a JSON aggregate by hand, which decodes nothing',
  async run () {
    const findings: Finding[] = []
    for (const [database, name] of DATABASES) {
      process.env.BENCH_DATABASE = database
      for (const [index, [columns, atMost]] of RELATED.entries()) {
        findings.push(await measure('related', index, { what: `50 items, ${columns}, ${name}: CPU`, beside: 'JSON aggregate by hand', goal: { atMost }, unit: 'ms', times: 100 }))
      }
    }
    return findings
  }
}
