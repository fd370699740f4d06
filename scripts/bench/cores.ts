/**
 * Cores that processes are pinned to, with Linux's `taskset`.
 *
 * @module
 */

import { spawnSync } from 'node:child_process'

/** Cores of a duel. */
export interface Cores {
  /** Core of both apps. */
  readonly apps: number
  /** Core of the load generator. The same as `apps` if this process may use one only. */
  readonly load: number
}

/** Returns the cores to use, or `undefined` without `taskset`. Processes then run wherever the system puts them. */
export function coresToUse (): Cores | undefined {
  const { status, stdout } = spawnSync('taskset', ['--cpu-list', '--pid', String(process.pid)], { encoding: 'utf8' })
  const cores = status === 0 ? coresOf(stdout) : []
  const [apps, load = apps] = [cores[0], cores.at(-1)]
  return apps === undefined || load === undefined ? undefined : { apps, load }
}

/** Parses a list as `taskset` prints it: `pid 7's current affinity list: 0-2,8`. */
export function coresOf (text: string): number[] {
  return (/[\d,-]+$/.exec(text.trim())?.[0] ?? '').split(',').filter(range => range !== '').flatMap(range => {
    const [first = NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}
