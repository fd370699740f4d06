import { join } from 'node:path'
import { start, stop } from '../child.ts'
import type { Bar } from '../bar.ts'
import { median } from '../ratio.ts'

const ROUTES = 1000
const PAIRS = 7
const module = join(import.meta.dirname, '..', 'apps', 'start', 'document.ts')

export const openApi: Bar = {
  id: 'T8',
  title: `OpenAPI document of ${ROUTES} routes`,
  async run ({ pairs = PAIRS }) {
    const times = []
    for (let i = 0; i < pairs; i++) {
      const { child, message } = await start<{ first: number, later: number, bytes: number }>(join(import.meta.dirname, '..', 'called.ts'), [module, String(ROUTES)])
      await stop(child)
      times.push(message)
    }
    const note = `${Math.round(median(times.map(({ bytes }) => bytes)) / 1000).toLocaleString('en')} kB`
    return [
      { what: 'document, first request', figure: median(times.map(({ first }) => first)), unit: 'ms', goal: { atMost: 1000 }, note },
      { what: 'document, second request', figure: median(times.map(({ later }) => later)), unit: 'ms', note }
    ]
  }
}
