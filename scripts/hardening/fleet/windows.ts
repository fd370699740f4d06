/**
 * What is done to the fleet under load, and which failures belong to it.
 *
 * @module
 */

import type { Answer } from './ask.ts'

export type Kind = 'calm' | 'roll' | 'kill' | 'host' | 'worker' | 'cut'

export interface Window {
  readonly kind: Kind
  readonly from: number
  readonly to: number
}

/** Failures of each window. One that overlaps none of them is of the calm between. */
export function sorted (failures: readonly Answer[], windows: readonly Window[]): Readonly<Record<Kind, readonly Answer[]>> {
  const found: Record<Kind, Answer[]> = { calm: [], roll: [], kill: [], host: [], worker: [], cut: [] }
  for (const failure of failures) {
    const window = windows.find(({ from, to }) => failure.to >= from && failure.from <= to)
    found[window?.kind ?? 'calm'].push(failure)
  }
  return found
}

/** What is known of failures that should not have been. */
export function details (answers: readonly Answer[]): string {
  return answers.map(({ what, outcome, from, to, idle }) =>
    `${what}: ${outcome} after ${(to - from).toFixed(0)} ms, on ${idle === undefined ? 'a new connection' : `one that was idle for ${idle.toFixed(0)} ms`}`).join('; ')
}

/** `12 × 503, 1 × ECONNRESET`. */
export function outcomes (answers: readonly Answer[]): string {
  const counts = new Map<string, number>()
  for (const { what, outcome } of answers) {
    const name = outcome === 503 || typeof outcome === 'string' ? String(outcome) : `${outcome} (${what})`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ') || 'none'
}
