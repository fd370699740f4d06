/**
 * Random apps, in FastAPI and here: `npm run hardening -- parity [--python venv/bin/python] [--requests 20000] [--seed N]`.
 *
 * Each app is made twice of one description. Both get the same requests, over sockets: what fits, what nearly fits, and
 * what is hostile. Status, headers, JSON and the OpenAPI documents must be equal, unless a departure explains the
 * difference. Without FastAPI of the recorded version the suite is skipped.
 *
 * @module
 */

import { missingFastapi } from '../../test/parity/random/fastapi.ts'
import { compareRandomly } from '../../test/parity/random/run.ts'
import { suite } from './suite.ts'

export const parity = suite('Random apps and requests, answered as FastAPI answers them', {
  python: { about: 'Python with FastAPI. Default: the environment variable FASTAPI_PYTHON, or python3', text: 'PATH' },
  requests: { about: 'Random requests', default: 20_000 },
  apps: { about: 'Requests to each app', default: 40 },
  seed: { about: 'Repeats a run' }
}, async ({ python = process.env.FASTAPI_PYTHON ?? 'python3', requests, apps: perApp, seed = Date.now() & 0x7fffffff }) => {
  const missing = missingFastapi(python)
  if (missing !== undefined) {
    console.log(`Skipped: ${missing}`)
    return []
  }
  const { apps, requests: sent, documents, statuses, rules, findings } = await compareRandomly({ python, requests, seed, perApp })
  const unexplained = findings.reduce((sum, { count }) => sum + count, 0)
  console.log(`${sent} requests to ${apps} random apps (--seed ${seed}); ${documents} documents are equal to the last title; ${unexplained} differences without a departure`)
  console.log(`FastAPI answered ${[...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')}`)
  for (const [rule, count] of [...rules].sort(([, a], [, b]) => b - a)) console.log(`  ${count} ${rule}`)
  return findings.map(({ kind, count, example }) => `${count} × ${kind}\n${example}`)
})
