/**
 * The routes of the document and its pages.
 *
 * @module
 */

import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { type Asset, packageAsset, serveAsset, textAsset } from './assets.ts'
import type { ParsedOptions } from './options.ts'
import { oauth2RedirectPage, redocPage, START_SWAGGER_UI, swaggerUiPage } from './page.ts'
import { redocAssets } from './redoc.ts'

const OWNER = 'fastify-apikit/docs'

const SWAGGER_UI = ['swagger-ui.css', 'swagger-ui-bundle.js', 'oauth2-redirect.js', 'favicon-32x32.png']

/** @param write writes the document */
export async function servePages (app: FastifyInstance, options: ParsedOptions, write: () => string): Promise<void> {
  const { title, rootPath, openapiUrl, docsUrl, redocUrl, oauth2RedirectUrl, swaggerUi: parameters, initOAuth } = options
  if (openapiUrl === null) return

  // In a scope of their own: what is decorated or hooked here is nobody else's.
  await app.register(async pages => {
    const get = (url: string, handler: RouteHandlerMethod): void => {
      // As in FastAPI, what the routes of an app depend on is not asked of its pages: guard them by a hook around the plugin.
      pages.route({ method: 'GET', url, exposeHeadRoute: true, schema: { hide: true }, config: { without: true }, handler })
    }
    const getPage = (url: string, html: string): void => { get(url, async (_request, reply) => reply.type('text/html; charset=utf-8').send(html)) }
    const getAssets = (url: string, assets: readonly Asset[]): void => {
      for (const asset of assets) get(`${url}/${asset.name}`, serveAsset(asset))
    }
    // What the browser asks for is not what Fastify is asked for, below a prefix or behind a proxy.
    const seen = (url: string): string => `${rootPath}${pages.prefix}${url}`

    let body: Buffer | undefined
    // As bytes: Fastify adds a charset to the type of other JSON.
    get(openapiUrl, async (_request, reply) => reply.type('application/json').send(body ??= Buffer.from(write())))

    if (docsUrl !== null) {
      const at = docsUrl.replace(/\/$/, '')
      const assets = seen(at)
      getPage(docsUrl, swaggerUiPage({
        title, openapiUrl: seen(openapiUrl), oauth2RedirectUrl: oauth2RedirectUrl && seen(oauth2RedirectUrl), assets, parameters, initOAuth
      }))
      if (oauth2RedirectUrl !== null) getPage(oauth2RedirectUrl, oauth2RedirectPage(assets))
      getAssets(at, [...SWAGGER_UI.map(file => packageAsset(OWNER, '@fastify/swagger-ui', `static/${file}`)), textAsset('start.js', START_SWAGGER_UI)])
    }
    if (redocUrl !== null) {
      const at = redocUrl.replace(/\/$/, '')
      getPage(redocUrl, redocPage({ title, openapiUrl: seen(openapiUrl), assets: seen(at) }))
      getAssets(at, redocAssets(OWNER, seen(at)))
    }
  })
}
