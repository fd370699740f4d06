/**
 * Adds the routes of the document and its pages.
 *
 * @module
 */

import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { prefixOf } from '../core/http/root-path.ts'
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

/** @param write Writes the document, for a path prefix that the proxy removes. */
export async function servePages (app: FastifyInstance, options: ParsedOptions, write: (root: string) => string): Promise<void> {
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

  /** Returns the URL in the app: that of its route, below a prefix. */
  below (url: string): string {
    return `${this.#app.prefix}${url}`
  }

  asset (url: string, asset: Asset): void {
    this.#get(url, serveAsset(asset))
  }

  /** @param write Writes the page. `seen` returns the URL in the browser, which differs from that in Fastify behind a proxy. */
  page (url: string, write: (seen: (url: string) => string) => string): void {
    this.#get(url, async (request, reply) => {
      const root = prefixOf(request)
      return reply.type('text/html; charset=utf-8').send(write(url => `${root}${this.below(url)}`))
    })
  }

  #get (url: string, handler: RouteHandlerMethod): void {
    // As in FastAPI, `app.depends` does not apply to the pages. Protect them with a hook in a scope around the plugin.
    this.#app.route({ method: ['GET', 'HEAD'], url, schema: { hide: true }, config: markedBy(kOutside), handler })
  }
}

function serveSwaggerUi (served: Served, openapiUrl: string, docsUrl: string): void {
  const { title, docsTitle = `${title} - Swagger UI`, oauth2RedirectUrl, swaggerUi: parameters, initOAuth, swaggerJsUrl, swaggerCssUrl, faviconUrl } = served.options
  const at = docsUrl.replace(/\/$/, '')
  served.page(docsUrl, seen => swaggerUiPage({
    title: docsTitle,
    icon: faviconUrl === undefined ? seen(`${at}/${ICON}`) : faviconUrl,
    css: swaggerCssUrl ?? seen(`${at}/${SWAGGER_UI_CSS}`),
    js: swaggerJsUrl ?? seen(`${at}/${SWAGGER_UI_JS}`),
    openapiUrl: seen(openapiUrl),
    oauth2RedirectUrl: oauth2RedirectUrl ? seen(oauth2RedirectUrl) : null,
    assets: seen(at),
    parameters,
    initOAuth
  }))
  served.asset(`${at}/start.js`, textAsset('start.js', START_SWAGGER_UI))

  const ours = [swaggerJsUrl ?? SWAGGER_UI_JS, swaggerCssUrl ?? SWAGGER_UI_CSS, faviconUrl === undefined ? ICON : '']
  if (oauth2RedirectUrl) {
    served.page(oauth2RedirectUrl, seen => oauth2RedirectPage(seen(at)))
    ours.push(REDIRECT_JS)
  }
  for (const file of [SWAGGER_UI_JS, SWAGGER_UI_CSS, ICON, REDIRECT_JS].filter(file => ours.includes(file))) {
    served.asset(`${at}/${file}`, packageAsset(OWNER, '@fastify/swagger-ui', `static/${file}`))
  }
}

function serveRedoc (served: Served, openapiUrl: string, redocUrl: string): void {
  const { title, redocTitle = `${title} - ReDoc`, redocJsUrl, faviconUrl = null } = served.options
  const at = redocUrl.replace(/\/$/, '')
  served.page(redocUrl, seen => redocPage({ title: redocTitle, icon: faviconUrl, js: redocJsUrl ?? seen(`${at}/${REDOC_JS}`), openapiUrl: seen(openapiUrl), assets: seen(at) }))
  served.asset(`${at}/page.css`, textAsset('page.css', 'body { margin: 0 }\n'))
  if (redocJsUrl === undefined) for (const asset of redocAssets(OWNER, served.below(at))) served.asset(`${at}/${asset.name}`, asset)
}
