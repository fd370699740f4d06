import { join } from 'node:path'
import type { Bar, Finding, Goal } from '../bar.ts'
import { median, ratioOf } from '../ratio.ts'
import type { Start } from '../started.ts'
import { startsOf } from '../starts.ts'

const ROUTES = 1000
const beside = 'Fastify (Ajv, fast-json-stringify)'
const apps = join(import.meta.dirname, '..', 'apps', 'start')
const modules = ['apikit', 'fastify'].map(name => join(apps, `${name}.ts`))

type Starts = readonly Start[]

function finding (what: string, unit: string, [ours = [], theirs = []]: readonly Starts[], of: (start: Start) => number, goal?: Goal): Finding {
  const [our, their] = [ours.map(of), theirs.map(of)]
  const note = `${Math.round(median(our)).toLocaleString('en')} / ${Math.round(median(their)).toLocaleString('en')} ${unit}`
  return { what, beside, ratio: ratioOf(our, their), note, ...goal === undefined ? {} : { goal } }
}

const PAIRS = 5

let starts: Promise<Start[][]> | undefined

/** Time and memory are of the same starts. */
function measure (): Promise<Start[][]> {
  starts ??= startsOf(modules, ROUTES, PAIRS)
  return starts
}

export const startTime: Bar = {
  id: 'T5',
  title: `Start of ${ROUTES} routes with schemas for path, query, body and response`,
  run: async () => [finding('from Fastify() to ready()', 'ms', await measure(), start => start.milliseconds, { atMost: 0.25 })]
}

export const startMemory: Bar = {
  id: 'T6',
  title: 'Memory at ready of the same',
  run: async () => [
    finding('resident memory', 'MB', await measure(), start => start.resident, { atMost: 0.8 }),
    finding('JavaScript heap after collection', 'MB', await measure(), start => start.heap, { atMost: 1.1 })
  ]
}
