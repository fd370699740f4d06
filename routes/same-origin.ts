/**
 * Refuses what other sites' pages send to the forms of this one, which carry no token.
 *
 * @module
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */

import type { onRequestAsyncHookHandler } from 'fastify'
import { Forbidden } from '../plugins/errors/index.ts'

/**
 * A hook for a section with forms: a POST from a page of another origin, or of none that is told (`Origin: null`), is a
 * 403. Browsers say where a POST comes from; without a word of it, it is no browser's.
 *
 * @throws Forbidden
 */
export const fromThisOrigin: onRequestAsyncHookHandler = async ({ method, host, headers: { origin, 'sec-fetch-site': site = 'same-origin' } }) => {
  if (method !== 'POST') return
  if (site !== 'same-origin' || (origin !== undefined && hostIn(origin) !== host.toLowerCase())) throw new Forbidden('Only from the page itself')
}

/** The scheme is left out: behind a proxy that ends TLS it is another here. `Sec-Fetch-Site` knows it. */
function hostIn (origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1]
}
