/**
 * The reference app: every plugin and every route of this repository, wired together.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import compress from '@fastify/compress'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyHttpOptions, FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { Redis } from 'ioredis'
import { drain } from './plugins/core/http/drain.ts'
import { endWithNpm } from './plugins/core/http/npm-parent.ts'
import { purposeOf } from './plugins/core/purpose.ts'
import { refuseWorkers, workersOf } from './plugins/core/workers.ts'
import { clientErrorHandler, frameworkErrors, ServiceUnavailable, TooManyRequests } from './plugins/errors/index.ts'
import apikit, { type ApikitOptions } from './plugins/index.ts'
import settings, { type SettingsOptions } from './plugins/settings/index.ts'
import { sectionOf } from './routes/sections.ts'
import { tagBySection } from './routes/tags.ts'
import { AppSettings, DEMONSTRATIONS } from './schemas/settings.ts'

declare module './plugins/settings/index.ts' {
  interface Settings extends AppSettings {}
}

export interface AppOptions extends Pick<SettingsOptions, 'env' | 'envFile'> {
  /** Settings that beat those of the environment. */
  settings?: object
  /** Goes before every route: `fastify start --prefix`. */
  prefix?: string
}

/** Options for the server itself, read by `fastify start --options`. */
export const options: FastifyHttpOptions<Server> = {
  clientErrorHandler,
  frameworkErrors,
  // Who sends a byte now and then does not stay. Node's own limits, which Fastify lifts; and less for the headers.
  requestTimeout: 300_000,
  http: { headersTimeout: 20_000 },
  // Who asks on a connection that is about to be closed is answered, and told so.
  return503OnClosing: false,
  // FastAPI knows no limit; Fastify's own, 100, is less than many a token or a file name.
  routerOptions: { maxParamLength: 1024 }
}

/** Options of the app for `fastify-apikit openapi`: the document does not depend on the settings of a machine. */
export const documentOptions: AppOptions = { env: {}, envFile: null }

/** Sections that answer whoever comes. Of the others each route says who may call it. */
const OPEN = [...DEMONSTRATIONS.filter(section => section !== 'security'), 'tasks']

const AUTOLOAD = /^autoload\.[jt]s$/

const plugin: FastifyPluginAsync<AppOptions> = async (app, opts) => {
  const { settings: data = {}, env = process.env, envFile = '.env', prefix = '' } = opts
  await app.register(settings, { schema: AppSettings, data, env, envFile })
  drain(app, app.settings.drainTimeout)
  await guard(app)
  await app.register(apikit, standard(app.settings, prefix))

  await app.register(autoload, {
    dir: join(import.meta.dirname, 'plugins'),
    indexPattern: AUTOLOAD, // a plugin's folder is entered by its autoload.ts…
    scriptPattern: AUTOLOAD, // …and a folder without one is left alone
    maxDepth: 1,
    dirNameRoutePrefix: false,
    options: {}
  })

  // What the guards may answer to any of the routes.
  const { rateLimit: { max }, underPressure: { maxEventLoopDelay, maxRssBytes } } = app.settings
  app.inherit({
    responses: { ...max !== null && { 429: TooManyRequests }, ...(maxEventLoopDelay > 0 || maxRssBytes > 0) && { 503: ServiceUnavailable } }
  })

  const { demonstrations = env.NODE_ENV === 'production' ? [] : DEMONSTRATIONS } = app.settings
  await app.register(routes, { prefix, demonstrations })

  app.addHook('onListen', async () => {
    endWithNpm()
    const origin = app.listeningOrigin.replace(/(?<=\/\/)(0\.0\.0\.0|\[::\])/, 'localhost')
    if (app.hasRoute({ method: 'GET', url: '/docs' })) app.log.info(`Docs: ${origin}/docs`)
  })
}

/** In a scope of their own: what plugins serve, docs and files, is not asked who may call it. */
const routes: FastifyPluginAsync<{ demonstrations: readonly string[] }> = async (app, { demonstrations }) => {
  const { prefix } = app
  const sections = new Set<string>()
  app.decorate('sections', sections)
  app.decorate('tutorialSecret', workersOf()?.secret ?? randomBytes(32).toString('hex'))
  app.addHook('onRoute', ({ url }) => {
    const section = sectionOf(url, prefix)
    if (section !== undefined) sections.add(`${prefix}/${section.name}`)
  })
  app.guard({ default: 'deny', public: [...OPEN, 'assets'].flatMap(section => [`${prefix}/${section}`, `${prefix}/${section}/*`]) })
  const hidden = new Set<unknown>(DEMONSTRATIONS.filter(section => !demonstrations.includes(section)))
  await app.register(autoload, {
    dir: join(import.meta.dirname, 'routes'),
    autoHooks: true,
    cascadeHooks: true,
    ignoreFilter: path => hidden.has(path.split('/')[1]),
    ignorePattern: /(^|\/)files$/ // what a section serves as it is, scripts for browsers too
  })
}

/** The standard set, and what guards all requests: their order is the door's. The other plugins bring their own autoload.ts. */
function standard ({ cors, docs, httpsRedirect: { enabled, ...httpsRedirect }, responseModel, responses, timing, trustedHost, validation }: AppSettings, prefix: string): ApikitOptions {
  return { cors, docs: { ...docs, transform: tagBySection(prefix) }, httpsRedirect: enabled && httpsRedirect, responseModel, responses, timing, trustedHost, validation }
}

/** Other people's plugins that stand before ours. The order counts: the first is asked first. */
async function guard (app: FastifyInstance): Promise<void> {
  const { settings } = app
  const isHttps = settings.httpsRedirect.enabled
  await app.register(helmet, {
    strictTransportSecurity: isHttps,
    // With helmet's own, no-referrer, browsers send `Origin: null` with the forms of our own pages.
    referrerPolicy: { policy: 'same-origin' },
    // Where all is http, a browser would look for the files of a page at https.
    ...!isHttps && { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }
  })
  await app.register(underPressure, { ...settings.underPressure }) // it writes into its options
  await limit(app)
  await app.register(compress, { ...settings.compress })
}

/** Requests of one address: counted in this process, or by Redis for all of them. */
async function limit (app: FastifyInstance): Promise<void> {
  const { max, window, redisUrl } = app.settings.rateLimit
  if (max === null) return
  const options = { max, timeWindow: window * 1000 }
  if (redisUrl === undefined) {
    refuseWorkers('RATE_LIMIT__MAX: the count of requests', 'Set RATE_LIMIT__REDIS_URL, or limit them at the proxy')
    await app.register(rateLimit, options)
    return
  }
  // What cannot be asked at once is not waited for.
  const redis = new Redis(redisUrl, { lazyConnect: true, connectTimeout: 500, maxRetriesPerRequest: 0, enableOfflineQueue: false })
  redis.on('error', err => { app.log.warn({ err }, 'requests are not limited: Redis cannot be reached') })
  if (purposeOf(app) !== 'describe') await redis.connect().catch(() => {}) // told above
  app.addHook('onClose', async () => { redis.disconnect() })
  await app.register(rateLimit, { ...options, redis, nameSpace: 'apikit-rate-limit:', skipOnError: true })
}

// Without fp, `fastify start` would give the app a scope of its own, and unknown
// URLs would be answered by the root, past our hooks and handlers.
export default fp(plugin, { name: 'fastify-apikit/app', fastify: '5.x' })
