/**
 * Command line of `npm run bench`.
 *
 * @module
 */

import { parseArgs } from 'node:util'
import { type Bar, type Mode, MODES, type Settings } from './bar.ts'

export interface Arguments {
  /** Ids of the bars to run. Default: all. */
  readonly bars: readonly string[]
  readonly settings: Settings
  /** Whether to write the figures into the README. */
  readonly readme: boolean
}

const LEAST_PAIRS = 5

export function isForHelp (args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h')
}

/** Returns the text of `--help`. */
export function helpOn (bars: ReadonlyArray<Pick<Bar, 'id' | 'title'>>): string {
  return `Usage: npm run bench -- [OPTION]... [BAR]...

Compares fastify-apikit with other ways of writing the same app. Runs the named bars, or all of them.

Exit code: 0 if all was measured, 2 if the command is wrong. Goals that are not reached are listed at the end.

Bars:
${bars.map(({ id, title }) => `  ${id.padEnd(5)}${title}`).join('\n')}

Options:
  --pairs N      Pairs of processes, at least ${LEAST_PAIRS}
  --mode MODE    Measure duels in one mode only: ${MODES.join(' or ')}
  --seconds N    Seconds of load for each app in a pair of a race (default: 3)
  --control      Also compare fastify-apikit with itself, which shows the noise
  --readme       Write the figures into README.md
  --help, -h     Print this text`
}

/**
 * Parses the command line.
 *
 * @param ids ids of all bars
 * @throws {Error} with one line for each mistake
 */
export function parseArguments (args: readonly string[], ids: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      mode: { type: 'string' },
      control: { type: 'boolean', default: false },
      readme: { type: 'boolean', default: false }
    },
    allowPositionals: true
  })
  const bars = positionals.map(id => id.toUpperCase())
  const [pairs, seconds] = [values.pairs === undefined ? undefined : Number(values.pairs), Number(values.seconds)]
  const { mode, control, readme } = values

  const mistakes = bars.filter(id => !ids.includes(id)).map(id => `Unknown bar "${id}". Expected one of ${ids.join(', ')}`)
  if (pairs !== undefined && !(Number.isInteger(pairs) && pairs >= LEAST_PAIRS)) mistakes.push(`--pairs must be an integer ≥ ${LEAST_PAIRS}, got "${values.pairs}"`)
  if (!(seconds > 0 && seconds < Infinity)) mistakes.push(`--seconds must be a number > 0, got "${values.seconds}"`)
  if (mode !== undefined && !isMode(mode)) mistakes.push(`--mode must be ${MODES.join(' or ')}, got "${mode}"`)
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'))

  return {
    bars: bars.length === 0 ? ids : ids.filter(id => bars.includes(id)),
    settings: { ...pairs === undefined ? {} : { pairs }, seconds, modes: mode === undefined ? MODES : [mode as Mode], control },
    readme
  }
}

function isMode (mode: string): mode is Mode {
  return MODES.some(known => known === mode)
}
