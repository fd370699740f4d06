/**
 * Tries what is promised of security and reliability: `npm run hardening -- --help`.
 *
 * @module
 */

import { auth } from './auth.ts'
import { main } from './command.ts'
import { cost } from './cost.ts'
import { db } from './db/index.ts'
import { dependencies } from './dependencies.ts'
import { fleet } from './fleet.ts'
import { flow } from './flow.ts'
import { forms } from './forms.ts'
import { migrations } from './migrations.ts'
import { models } from './models.ts'
import { openIdTokens } from './openid.ts'
import { orders } from './orders.ts'
import { parity } from './parity.ts'
import { requests } from './requests.ts'
import { sockets } from './sockets/index.ts'
import { sse } from './sse.ts'
import { streams } from './streams.ts'
import { tasks } from './tasks.ts'
import { web } from './web.ts'
import { workers } from './workers.ts'

const code = await main(process.argv.slice(2), {
  auth,
  cost,
  db,
  dependencies,
  fleet,
  flow,
  forms,
  migrations,
  models,
  openid: openIdTokens,
  orders,
  parity,
  requests,
  sockets,
  sse,
  streams,
  tasks,
  web,
  workers
})
// A suite that broke off may have left a server listening.
process.exit(code)
