/**
 * Requests that end in random ways, with generators as dependencies: `npm run hardening -- dependencies [--lives 10000] [--seed N]`.
 *
 * @module
 */

import { tryLives } from './random-lives.ts'
import { suite } from './suite.ts'

export const dependencies = suite('Generators opened and closed, in requests that end in random ways', {
  lives: { about: 'Random requests', default: 10_000 },
  seed: { about: 'Repeats the requests of a run' }
}, async ({ lives, seed = Date.now() & 0x7fffffff }) => {
  const { opened, wrong } = await tryLives(lives, seed)
  console.log(`${lives} random requests (--seed ${seed}): ${opened} generators opened, ${wrong.length} batches with one that is left open or closed twice`)
  return wrong
})
