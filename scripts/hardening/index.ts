/**
 * Tries what is promised of security and reliability: `npm run hardening -- [suite [its options]]`, all suites without a name.
 * Exits with 1 when anything is not so.
 *
 * @module
 */

import { auth } from './auth.ts'
import { db } from './db/index.ts'
import { forms } from './forms.ts'
import { models } from './models.ts'
import { openIdTokens } from './openid.ts'
import { requests } from './requests.ts'
import { sse } from './sse.ts'
import type { Suite } from './suite.ts'
import { tasks } from './tasks.ts'
import { web } from './web.ts'

const SUITES: Readonly<Record<string, Suite>> = {
  auth,
  db,
  forms,
  models,
  openid: openIdTokens,
  requests,
  sse,
  tasks,
  web
}

const [name, ...args] = process.argv.slice(2)
if (name !== undefined && !Object.hasOwn(SUITES, name)) throw new Error(`${name}: no such suite; there are ${Object.keys(SUITES).join(', ')}`)

const wrong: string[] = []
for (const [suite, run] of Object.entries(SUITES)) {
  if (name !== undefined && name !== suite) continue
  console.log(`\n## ${suite}\n`)
  wrong.push(...(await run(args)).map(what => `${suite}: ${what}`))
}
console.log(wrong.length === 0 ? '\nNothing is wrong.' : `\nWrong:\n${wrong.map(line => `- ${line}`).join('\n')}`)
process.exitCode = wrong.length === 0 ? 0 : 1
