/**
 * Attacks what faces the web: files, templates, origins, hosts, redirects, slow clients, overload:
 * `npm run hardening -- web`. Rows that need a browser are told to be left out where there is none.
 *
 * @module
 */

import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { start, stop } from '../bench/child.ts'
import { noBrowser, open } from '../../test/browser.ts'
import { suite } from './suite.ts'
import { crossSitePosts, payloads } from './web/browser.ts'
import { hosts, redirects } from './web/hosts.ts'
import { origins } from './web/origins.ts'
import { overload } from './web/overload.ts'
import type { Row } from './web/row.ts'
import { slowClients } from './web/slow.ts'
import { staticPaths } from './web/static-paths.ts'

/** Seconds that the server of slow clients waits for a request to be whole. */
const PATIENCE = 3

async function * rows (): AsyncGenerator<Row> {
  yield await staticPaths()
  yield await origins()
  yield await hosts()
  yield await redirects()

  if (noBrowser !== false) {
    console.log(`left out: what needs a browser (${noBrowser})`)
  } else {
    const browser = await open()
    yield await payloads(browser)
    yield await crossSitePosts(browser)
    await browser.close()
  }

  const server = join(import.meta.dirname, 'web', 'server.ts')
  const impatient = await start<AddressInfo>(server, [String(PATIENCE)])
  yield await slowClients(impatient.message.port, impatient.child, PATIENCE)
  await stop(impatient.child)

  const { child, message: { port } } = await start<AddressInfo>(server, ['60'])
  yield await overload(port)
  await stop(child)
}

export const web = suite('Files, templates in a browser, origins, hosts, redirects, slow clients, overload', {}, async () => {
  const wrong: string[] = []
  for await (const row of rows()) {
    console.log(`${row.promise}: ${row.figure}`)
    wrong.push(...row.wrong)
  }
  return wrong
})
