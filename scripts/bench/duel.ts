/**
 * Compares two apps closely enough to see a difference of 2 %. README.md describes the method.
 *
 * @module
 */

import type { Finding, Goal, Mode, Settings } from './bar.ts'
import { estimateOf } from './estimate.ts'
import type { Load } from './wire.ts'
import { type Costs, type Effort, measurePairs } from './pairs.ts'
import type { Variant } from './race.ts'
import { median } from './ratio.ts'

export interface Duel {
  /** What the requests do: `typed GET`. */
  readonly what: string
  readonly load: Load
  readonly ours: Variant
  readonly theirs: Variant
  /** Goals for ours / theirs: CPU per request over sockets, and bytes allocated per request. */
  readonly goals?: { readonly socket: Goal, readonly bytes: Goal }
  /** Whether both must answer the same. Default: true. */
  readonly sameAnswers?: boolean
  /** Requests of each side before it is measured, if one in many does what is measured. Default: 64,000. */
  readonly warmUp?: number
}

const CLOSE: Effort = { pairs: 9, slices: 40, warmUp: 64_000 }

/** For frameworks that differ by tens of percent. */
const ROUGH: Effort = { pairs: 5, slices: 12, warmUp: 32_000 }

/** Compares ours with theirs in each mode, and with `control` also ours with itself. */
export async function duel (duel: Duel, settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = []
  const effort = effortOf({ ...CLOSE, warmUp: duel.warmUp ?? CLOSE.warmUp }, settings)
  for (const mode of settings.modes) {
    findings.push(...await findingsOf(duel, mode, effort))
    if (!settings.control) continue
    const { what, load, ours } = duel
    findings.push(...await findingsOf({ what, load, ours, theirs: { ...ours, name: 'itself (control)' } }, mode, effort))
  }
  return findings
}

/** Compares ours with other frameworks, over sockets only. */
export async function compareRoughly (duel: Omit<Duel, 'theirs' | 'goals'>, others: () => readonly Variant[], settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = []
  if (!settings.modes.includes('socket')) return findings
  for (const theirs of others()) findings.push(...await findingsOf({ ...duel, theirs }, 'socket', effortOf(ROUGH, settings)))
  return findings
}

function effortOf (effort: Effort, { pairs = effort.pairs }: Settings): Effort {
  return { ...effort, pairs }
}

async function findingsOf ({ what, load, ours, theirs, goals, sameAnswers = true }: Duel, mode: Mode, effort: Effort): Promise<Finding[]> {
  const entries = [{ module: ours.module, load: { ...load, ...ours.load } }, { module: theirs.module, load: { ...load, ...theirs.load } }] as const
  const pairs = await measurePairs(entries, mode, sameAnswers, effort)
  const cpu = pairs.map(pair => pair.cpu)
  if (mode === 'socket') return [findingOf(`${what} over sockets: CPU per request`, theirs.name, cpu, { unit: 'µs', digits: 2 }, goals?.socket)]
  const bytes = pairs.flatMap(pair => pair.bytes === undefined ? [] : [pair.bytes])
  return [
    findingOf(`${what} in process: CPU per request`, theirs.name, cpu, { unit: 'µs', digits: 2 }),
    findingOf(`${what} in process: bytes allocated per request`, theirs.name, bytes, { unit: 'bytes', digits: 0 }, goals?.bytes)
  ]
}

function findingOf (what: string, beside: string, costs: readonly Costs[], { unit, digits }: { unit: string, digits: number }, goal?: Goal): Finding {
  const [ours, theirs] = ([0, 1] as const).map(side => median(costs.map(cost => cost[side])).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }))
  return {
    what,
    beside,
    estimate: estimateOf(costs.map(([ours, theirs]) => ours / theirs)),
    ...goal === undefined ? {} : { goal },
    note: `${ours} / ${theirs} ${unit}`
  }
}
