import { join } from 'node:path'
import { start, stop } from '../child.ts'
import type { Bar, Finding } from '../bar.ts'
import { median, ratioOf } from '../ratio.ts'

const module = join(import.meta.dirname, '..', 'apps', 'write', 'side-by-side.ts')

async function finding (items: number): Promise<Finding> {
  const { child, message: { ours, theirs } } = await start<{ ours: number[], theirs: number[] }>(join(import.meta.dirname, '..', 'called.ts'), [module, String(items)])
  await stop(child)
  const micros = (times: readonly number[]): string => (median(times) / 1000).toFixed(2)
  return {
    what: `${items.toLocaleString('en')} item${items === 1 ? '' : 's'} checked, filtered and written: CPU`,
    beside: 'fast-json-stringify, which checks nothing',
    ratio: ratioOf(ours, theirs),
    goal: { atMost: 1.08 },
    note: `${micros(ours)} / ${micros(theirs)} µs`
  }
}

export const write: Bar = {
  id: 'T14',
  title: 'A response model beside fast-json-stringify alone',
  async run () {
    const findings: Finding[] = []
    for (const items of [1, 50, 1000]) findings.push(await finding(items))
    return findings
  }
}
