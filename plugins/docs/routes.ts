/**
 * Adds the routes of the document and its pages.
 *
 * @module
 */

import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { kOutside, markedBy } from '../core/http/own-routes.ts'
import { type Asset, jsonAsset, packageAsset, serveAsset, textAsset } from './assets.ts'
import type { ParsedOptions } from './options.ts'
import { oauth2RedirectPage, redocPage, START_SWAGGER_UI, swaggerUiPage } from './page.ts'
import { redocAssets } from './redoc.ts'

const OWNER = 'fastify-apikit/docs'

const SWAGGER_UI_JS = 'swagger-ui-bundle.js'
const SWAGGER_UI_CSS = 'swagger-ui.css'
const REDIRECT_JS = 'oauth2-redirect.js'
const ICON = 'favicon-32x32.png'
const REDOC_JS = 'redoc.standalone.js'

/** @param write Writes the document. */
export async function servePages (app: FastifyInstance, options: ParsedOptions, write: () => string): Promise<void> {
  const { openapiUrl, docsUrl, redocUrl } = options
  if (!openapiUrl) return

  // In a scope of their own, so that their decorators and hooks affect nothing else.
  await app.register(async pages => {
    const served = new Served(pages, options)
    served.asset(openapiUrl, jsonAsset(openapiUrl, write))
    if (docsUrl) serveSwaggerUi(served, openapiUrl, docsUrl)
    if (redocUrl) serveRedoc(served, openapiUrl, redocUrl)
  })
}

/** The pages. */
class Served {
  readonly options: ParsedOptions
  readonly #app: FastifyInstance

  constructor (app: FastifyInstance, options: ParsedOptions) {
    this.#app = app
    this.options = options
  }

  /** The URL in the browser differs from that in Fastify, below a prefix or behind a proxy. */
  seen (url: string): string {
    return `${this.options.rootPath}${this.#app.prefix}${url}`
  }

  asset (url: string, asset: Asset): void {
    this.#get(url, serveAsset(asset))
  }

  page (url: string, html: string): void {
    this.#get(url, async (_request, reply) => reply.type('text/html; charset=utf-8').send(html))
  }

  #get (url: string, handler: RouteHandlerMethod): void {
    // As in FastAPI, `app.depends` does not apply to the pages. Protect them with a hook in a scope around the plugin.
    this.#app.route({ method: ['GET', 'HEAD'], url, schema: { hide: true }, config: markedBy(kOutside), handler })
  }
}

function serveSwaggerUi (served: Served, openapiUrl: string, docsUrl: string): void {
  const { title, docsTitle = `${title} - Swagger UI`, oauth2RedirectUrl, swaggerUi: parameters, initOAuth, swaggerJsUrl, swaggerCssUrl, faviconUrl } = served.options
  const at = docsUrl.replace(/\/$/, '')
  const assets = served.seen(at)
  served.page(docsUrl, swaggerUiPage({
    title: docsTitle,
    icon: faviconUrl === undefined ? `${assets}/${ICON}` : faviconUrl,
    css: swaggerCssUrl ?? `${assets}/${SWAGGER_UI_CSS}`,
    js: swaggerJsUrl ?? `${assets}/${SWAGGER_UI_JS}`,
    openapiUrl: served.seen(openapiUrl),
    oauth2RedirectUrl: oauth2RedirectUrl ? served.seen(oauth2RedirectUrl) : null,
    assets,
    parameters,
    initOAuth
  }))
  served.asset(`${at}/start.js`, textAsset('start.js', START_SWAGGER_UI))

  const ours = [swaggerJsUrl ?? SWAGGER_UI_JS, swaggerCssUrl ?? SWAGGER_UI_CSS, faviconUrl === undefined ? ICON : '']
  if (oauth2RedirectUrl) {
    served.page(oauth2RedirectUrl, oauth2RedirectPage(assets))
    ours.push(REDIRECT_JS)
  }
  for (const file of [SWAGGER_UI_JS, SWAGGER_UI_CSS, ICON, REDIRECT_JS].filter(file => ours.includes(file))) {
    served.asset(`${at}/${file}`, packageAsset(OWNER, '@fastify/swagger-ui', `static/${file}`))
  }
}

function serveRedoc (served: Served, openapiUrl: string, redocUrl: string): void {
  const { title, redocTitle = `${title} - ReDoc`, redocJsUrl, faviconUrl = null } = served.options
  const at = redocUrl.replace(/\/$/, '')
  const assets = served.seen(at)
  served.page(redocUrl, redocPage({ title: redocTitle, icon: faviconUrl, js: redocJsUrl ?? `${assets}/${REDOC_JS}`, openapiUrl: served.seen(openapiUrl), assets }))
  served.asset(`${at}/page.css`, textAsset('page.css', 'body { margin: 0 }\n'))
  if (redocJsUrl === undefined) for (const asset of redocAssets(OWNER, assets)) served.asset(`${at}/${asset.name}`, asset)
}
