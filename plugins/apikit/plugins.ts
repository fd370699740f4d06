/**
 * The plugins, in the order of registration. Each has a line here and one in `options.ts`.
 *
 * - `settings` is first, since others may use it. Then `errors`, whose 405 knows the routes that are declared after it.
 * - `cors` comes after `requestId`, whose header pages may read.
 * - `telemetry` and `timing` measure everything after it, including refused requests.
 * - Plugins that guard all requests precede those that read them: `cors` answers preflights, which have no credentials,
 *   and `trustedHost` refuses a host before `httpsRedirect` redirects to it.
 * - `security` precedes `docs`, which declares routes: `app.guard` must see them all.
 * - `static` is last, since its routes give way to those of the app.
 *
 * @module
 */

import type { TSchema } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import type { PluginName } from './options.ts'

/** A plugin, and the schema of its options. */
export type Loaded = readonly [plugin: FastifyPluginAsync<never>, schema: TSchema]

/** Options before they are validated. */
export type Given = Readonly<Record<string, unknown>>

export interface Entry {
  /** Registered by default. */
  readonly isStandard: boolean
  /** Imports the plugin. The specifiers are literals, which bundlers follow. */
  readonly load: () => Promise<Loaded>
  /** Returns the packages that it needs with these options. */
  readonly peersOf: (options: Given) => readonly string[]
  /** Options that differ from the defaults of the plugin. */
  readonly defaults?: Given
}

type PeersOf = Entry['peersOf']

const none: PeersOf = () => []
const standard = (load: Entry['load'], peersOf = none, defaults: Given = {}): Entry => ({ isStandard: true, load, peersOf, defaults })
const named = (load: Entry['load'], peersOf = none): Entry => ({ isStandard: false, load, peersOf })

export const PLUGINS: Readonly<Record<PluginName, Entry>> = {
  settings: named(async () => await import('../settings/index.ts').then(it => [it.settings, it.SettingsOptions])),
  errors: standard(async () => await import('../errors/index.ts').then(it => [it.errors, it.ErrorsOptions]), none, { redirectSlashes: true }),
  requestId: named(async () => await import('../request-id/index.ts').then(it => [it.requestId, it.RequestIdOptions])),
  health: named(async () => await import('../health/index.ts').then(it => [it.health, it.HealthOptions])),
  telemetry: named(async () => await import('../telemetry/index.ts').then(it => [it.telemetry, it.TelemetryOptions]), telemetryPeers),
  timing: named(async () => await import('../timing/index.ts').then(it => [it.timing, it.TimingOptions])),
  cors: named(async () => await import('../cors/index.ts').then(it => [it.cors, it.CorsOptions]), () => ['@fastify/cors']),
  trustedHost: named(async () => await import('../trusted-host/index.ts').then(it => [it.trustedHost, it.TrustedHostOptions])),
  httpsRedirect: named(async () => await import('../https-redirect/index.ts').then(it => [it.httpsRedirect, it.HttpsRedirectOptions])),
  validation: standard(async () => await import('../validation/index.ts').then(it => [it.validation, it.ValidationOptions])),
  responseModel: standard(async () => await import('../response-model/index.ts').then(it => [it.responseModel, it.ResponseModelOptions])),
  db: named(async () => await import('../db/index.ts').then(it => [it.db, it.DbOptions]), dbPeers),
  broadcast: named(async () => await import('../broadcast/index.ts').then(it => [it.broadcast, it.BroadcastOptions]), broadcastPeers),
  responses: standard(async () => await import('../responses/index.ts').then(it => [it.responses, it.ResponsesOptions])),
  forms: named(async () => await import('../forms/index.ts').then(it => [it.forms, it.FormsOptions]), () => ['@fastify/formbody']),
  dependencies: standard(async () => await import('../dependencies/index.ts').then(it => [it.dependencies, it.DependenciesOptions])),
  security: standard(async () => await import('../security/index.ts').then(it => [it.security, it.SecurityOptions])),
  docs: standard(async () => await import('../docs/index.ts').then(it => [it.docs, it.DocsOptions]), docsPeers),
  jwt: named(async () => await import('../jwt/index.ts').then(it => [it.jwt, it.JwtOptions]), () => ['@fastify/jwt']),
  openid: named(async () => await import('../openid/index.ts').then(it => [it.openid, it.OpenIdOptions]), openidPeers),
  tasks: named(async () => await import('../tasks/index.ts').then(it => [it.tasks, it.TasksOptions]), tasksPeers),
  templates: named(async () => await import('../templates/index.ts').then(it => [it.templates, it.TemplatesOptions]), () => ['@fastify/view', 'nunjucks']),
  websocket: named(async () => await import('../websocket/index.ts').then(it => [it.websocket, it.WebSocketOptions]), () => ['@fastify/websocket']),
  metrics: named(async () => await import('../metrics/index.ts').then(it => [it.metrics, it.MetricsOptions]), () => ['prom-client']),
  static: named(async () => await import('../static/index.ts').then(it => [it.staticFiles, it.StaticOptions]), () => ['@fastify/static'])
}

/** A page needs no package if all of its files come from another server. */
function docsPeers ({ openapiUrl = true, docsUrl = true, redocUrl = true, oauth2RedirectUrl = true, redocJsUrl, ...urls }: Given): string[] {
  const ownFiles = oauth2RedirectUrl || [urls.swaggerJsUrl, urls.swaggerCssUrl, urls.faviconUrl].includes(undefined)
  const [ui, redoc] = [openapiUrl && docsUrl && ownFiles, openapiUrl && redocUrl && redocJsUrl === undefined]
  return ['@fastify/swagger', ...ui ? ['@fastify/swagger-ui'] : [], ...redoc ? ['redoc'] : []]
}

function dbPeers ({ url }: Given): string[] {
  return ['kysely', .../^postgres/i.test(String(url)) ? ['pg'] : []]
}

function broadcastPeers ({ url }: Given): string[] {
  return [.../^postgres/i.test(String(url)) ? ['pg'] : [], .../^redis/i.test(String(url)) ? ['ioredis'] : []]
}

function telemetryPeers ({ autoConfigure = false }: Given): string[] {
  return ['@opentelemetry/api', ...autoConfigure === true ? ['@opentelemetry/sdk-node'] : []]
}

function openidPeers ({ issuer, login }: Given): string[] {
  if (issuer === undefined) return []
  return ['jose', 'oauth4webapi', ...login === undefined ? [] : ['@fastify/oauth2']]
}

function tasksPeers ({ engine, tasks }: Given): string[] {
  const scheduled = Array.isArray(tasks) && tasks.some(task => Object(task).schedule !== undefined)
  return [...engine === 'pg-boss' ? ['pg-boss'] : [], ...scheduled ? ['croner'] : []]
}
