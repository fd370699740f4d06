/**
 * The results as a table in Markdown, and what falls short of its goal.
 *
 * @module
 */

import { type Finding, type Goal, verdictOf } from './bar.ts'

/** What a bar has found. */
export interface Result {
  readonly id: string
  readonly title: string
  readonly findings: readonly Finding[]
}

export function tableOf (results: readonly Result[]): string {
  const head = ['Bar', 'Measured', 'Beside', 'Ratio', 'Goal', '', 'Figures (ours / theirs)']
  const rows = results.flatMap(({ id, findings }) => findings.map(finding =>
    [id, finding.what, finding.beside ?? '', valueOf(finding), goalOf(finding.goal), verdictOf(finding), finding.note ?? '']))
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

export function shortfallsOf (results: readonly Result[]): string[] {
  return results.flatMap(({ id, findings }) => findings
    .filter(finding => !['', 'reached', 'reached, uncertain'].includes(verdictOf(finding)))
    .map(finding => `${id} ${finding.what}${finding.beside === undefined ? '' : ` beside ${finding.beside}`}: ${valueOf(finding)}, goal ${goalOf(finding.goal)}: ${verdictOf(finding)}`))
}

function valueOf ({ ratio, estimate, figure, unit = '' }: Finding): string {
  if (estimate !== undefined) return `${estimate.mean.toFixed(3)} [${estimate.interval.map(value => value.toFixed(3)).join(', ')}]`
  if (ratio === undefined) return figure === undefined ? '' : `${round(figure)} ${unit}`.trim()
  const [low, high] = ratio.quartiles.map(round)
  return ratio.agrees ? `${round(ratio.median)} (${low}–${high})` : `pairs disagree: ${low}–${high}`
}

function goalOf (goal: Goal = {}): string {
  return [goal.atLeast === undefined ? '' : `≥ ${goal.atLeast}`, goal.atMost === undefined ? '' : `≤ ${goal.atMost}`].filter(text => text !== '').join(', ')
}

function round (value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
