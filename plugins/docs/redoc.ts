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
const WORKER = /URL\.createObjectURL\(new Blob\(\['((?:[^'\\]|\\.)*)'\]\)\)/s

interface Bundle {
  readonly page: string
  readonly worker: string
}

/** @param workerUrl URL of the worker. */
function split (bundle: string, workerUrl: string): Bundle {
  let worker = ''
  const page = bundle.replaceAll(PICTURE, NO_PICTURE).replace(WORKER, (_expression, literal: string) => {
    worker = unquote(literal)
    return JSON.stringify(workerUrl)
  })
  return { page, worker }
}

/** Reads a single-quoted JavaScript literal as JSON. */
function unquote (literal: string): string {
  return JSON.parse(`"${literal.replaceAll(/\\.|"/gs, part => part === "\\'" ? "'" : part === '"' ? '\\"' : part)}"`)
}

/**
 * @param url URL under which they are served.
 * @throws APIKIT_ERR_MISSING_PEER when ReDoc is not installed.
 */
export function redocAssets (owner: string, url: string): Asset[] {
  const file = packageAsset(owner, 'redoc', 'bundles/redoc.standalone.js')
  let bundle: Promise<Bundle> | undefined
  const load = async (): Promise<Bundle> => await (bundle ??= file.read().then(content => split(String(content), `${url}/search-worker.js`)))
  return [
    { ...file, read: async () => Buffer.from((await load()).page) },
    { ...file, name: 'search-worker.js', read: async () => Buffer.from((await load()).worker) }
  ]
}
