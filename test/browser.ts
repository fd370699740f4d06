/**
 * A real browser for tests, where the machine has one.
 *
 * ```ts
 * t.test('the page works', { skip: noBrowser }, async t => {
 *   const page = await (await launch(t)).newPage()
 *   await page.goto(`${address}/docs`)
 * })
 * ```
 *
 * @module
 */

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { Test } from 'tap'

/** `CHROMIUM` is looked at first, then Debian's place, then others'. */
const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const executablePath = PLACES.find(place => place !== undefined && existsSync(place)) ?? ''

/** For `skip`: why there can be no browser, or `false`. */
export const noBrowser: string | false = executablePath === '' ? 'no chromium on this machine' : false

// It is to talk to the test, and to nobody else.
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'
]

/** A browser without a window; close it. */
export async function open (): Promise<Browser> {
  return await chromium.launch({ executablePath, args })
}

/** A browser without a window, which is closed when the test ends. */
export async function launch (t: Test): Promise<Browser> {
  const browser = await open()
  t.teardown(() => browser.close())
  return browser
}
