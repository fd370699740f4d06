/**
 * Changes the bundle of ReDoc, so that its page loads nothing from other servers and works with a Content-Security-Policy.
 *
 * @module
 */

import { type Asset, packageAsset } from './assets.ts'

/** The logo beside "API docs by Redocly" comes from another server. The page works without it. */
const PICTURE = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const NO_PICTURE = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E'

/** The search runs in a worker that is created from a string, which `script-src 'self'` forbids. From a file it may run. */
const WORKER = /URL\.createObjectURL\(new Blob\(\['((?:[^'\\]|\\.)*)'\]\)\)/gs

interface Bundle {
  /** @param workerUrl URL of the worker. */
  readonly page: (workerUrl: string) => string
  readonly worker: string
}

function split (bundle: string): Bundle {
  const text = bundle.replaceAll(PICTURE, NO_PICTURE)
  const worker = [...text.matchAll(WORKER)].map(([, literal]) => unquote(literal as string)).join('')
  return { page: workerUrl => text.replace(WORKER, () => JSON.stringify(workerUrl)), worker }
}

/** Reads a single-quoted JavaScript literal as JSON. */
function unquote (literal: string): string {
  return JSON.parse(`"${literal.replaceAll(/\\.|"/gs, part => part === "\\'" ? "'" : part === '"' ? '\\"' : part)}"`)
}

/**
 * @param url URL under which they are served, without the prefix that a proxy removes.
 * @throws APIKIT_ERR_MISSING_PEER when ReDoc is not installed.
 */
export function redocAssets (owner: string, url: string): Asset[] {
  const file = packageAsset(owner, 'redoc', 'bundles/redoc.standalone.js')
  let bundle: Promise<Bundle> | undefined
  const load = async (): Promise<Bundle> => await (bundle ??= file.read('').then(content => split(String(content))))
  return [
    { ...file, hasUrls: true, read: async root => Buffer.from((await load()).page(`${root}${url}/search-worker.js`)) },
    { ...file, name: 'search-worker.js', read: async () => Buffer.from((await load()).worker) }
  ]
}
