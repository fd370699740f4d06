/**
 * Figures of a run, and how they are written.
 *
 * @module
 */

import type { StepResult } from './runner.ts'

/** All steps of one app, over all its scenarios. */
export interface AppReport {
  readonly app: string
  readonly steps: StepResult[]
}

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export function totalsOf (steps: readonly StepResult[]): Totals {
  const count = (outcome: StepResult['outcome']) => steps.filter(step => step.outcome === outcome).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

/** How many steps each rule skipped, the most first. */
export function rulesOf (steps: readonly StepResult[]): Array<[rule: string, steps: number]> {
  const rules = new Map<string, number>()
  for (const { outcome, reason = '' } of steps) if (outcome === 'skipped') rules.set(reason, (rules.get(reason) ?? 0) + 1)
  return [...rules].sort(([, a], [, b]) => b - a)
}

export function writeTotals ({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** One row, and below it what is wrong. */
export function writeApp ({ app, steps }: AppReport): string[] {
  const totals = totalsOf(steps)
  const mark = totals.failed > 0 ? 'FAIL' : totals.passed > 0 ? 'ok  ' : 'skip'
  const rules = rulesOf(steps).map(([rule, count]) => `${count} ${rule}`).join(', ')
  const row = `${mark} ${app.padEnd(72)} ${writeTotals(totals)}${rules === '' ? '' : ` (${rules})`}`
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  const reasons = new Set(failed.map(({ reason }) => reason))
  const [reason] = reasons
  if (failed.length > 1 && reasons.size === 1 && reason !== undefined) return [row, `       ${reason}`]
  return [row, ...failed.flatMap(writeFailure)]
}

function writeFailure ({ step, reason, differences = [] }: StepResult): string[] {
  const lines = differences.slice(0, 6).map(({ at, expected, got }) => `         ${at}: expected ${brief(expected)}, got ${brief(got)}`)
  const more = differences.length > 6 ? [`         and ${differences.length - 6} more`] : []
  return [`       ${step}${reason === undefined ? '' : `: ${reason}`}`, ...lines, ...more]
}

function brief (value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 160 ? `${text.slice(0, 157)}…` : text
}

/** The lines below the rows; the last one is the figure. */
export function writeSummary (steps: readonly StepResult[]): string[] {
  const documents = steps.filter(({ isStrict }) => isStrict !== undefined)
  const strict = documents.filter(({ isStrict }) => isStrict)
  return [
    '',
    ...rulesOf(steps).map(([rule, count]) => `skipped: ${count} ${rule}`),
    `OpenAPI documents that are equal to the last title: ${strict.length} of ${documents.length}`,
    writeTotals(totalsOf(steps))
  ]
}
