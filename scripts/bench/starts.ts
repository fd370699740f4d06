/**
 * Starts of two variants, each in a fresh process, in turns.
 *
 * @module
 */

import { join } from 'node:path'
import { start, stop } from './child.ts'
import type { Start } from './started.ts'

/** @returns the starts of each module, in the order of the modules */
export async function startsOf (modules: readonly string[], routes: number, pairs: number): Promise<Start[][]> {
  const starts = modules.map((): Start[] => [])
  for (let pair = 0; pair < pairs; pair++) {
    const order = [...modules.keys()]
    if (pair % 2 === 1) order.reverse()
    for (const index of order) starts[index]?.push(await startOf(String(modules[index]), routes))
  }
  return starts
}

export async function startOf (module: string, routes: number): Promise<Start> {
  const { child, message } = await start<Start>(join(import.meta.dirname, 'started.ts'), [module, String(routes)], { execArgv: ['--expose-gc'] })
  await stop(child)
  return message
}
