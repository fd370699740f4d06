import { join } from 'node:path'
import { start, stop } from '../child.ts'
import type { Bar, Finding } from '../bar.ts'

const apps = join(import.meta.dirname, '..', 'apps', 'growth')

/** Microseconds by count. */
type Series = ReadonlyArray<readonly [count: number, cost: number]>

async function measure (app: string, counts: readonly number[]): Promise<Series> {
  const { child, message } = await start<number[]>(join(import.meta.dirname, '..', 'grown.ts'), [join(apps, `${app}.ts`), ...counts.map(String)])
  await stop(child)
  return counts.map((count, index) => [count, message[index] ?? NaN])
}

/** Linear or better when one more costs in the last step no more than it does over the whole, within the noise of it. */
const LINEAR = 1.5

function finding (what: string, series: Series): Finding {
  const slope = (from = series[0], to = series.at(-1)) => from === undefined || to === undefined ? NaN : (to[1] - from[1]) / (to[0] - from[0])
  const note = series.map(([count, cost]) => `${count.toLocaleString('en')}: ${cost.toFixed(cost < 100 ? 1 : 0)} µs`).join('; ')
  return { what, figure: slope(series.at(-2)) / slope(), unit: '× per unit in the last step', goal: { atMost: LINEAR }, note: `${note}; ${slope().toFixed(3)} µs each` }
}

export const growth: Bar = {
  id: 'T11',
  title: 'Cost of a request as work grows',
  async run () {
    const counts = [10, 100, 1000, 10_000]
    return [
      finding('items in a response', await measure('items-apikit', counts)),
      { ...finding('items in a response, plain Fastify', await measure('items-fastify', counts)), goal: {} },
      finding('dependencies of a route', await measure('dependencies', [1, 5, 10, 20]))
    ]
  }
}
