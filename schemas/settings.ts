import { join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { BroadcastOptions } from '../plugins/broadcast/index.ts'
import { CorsOptions } from '../plugins/cors/index.ts'
import { DbOptions } from '../plugins/db/index.ts'
import { DocsOptions } from '../plugins/docs/index.ts'
import { FormsOptions } from '../plugins/forms/index.ts'
import { HealthOptions } from '../plugins/health/index.ts'
import { HttpsRedirectOptions } from '../plugins/https-redirect/index.ts'
import { JwtOptions } from '../plugins/jwt/index.ts'
import { MetricsOptions } from '../plugins/metrics/index.ts'
import { RequestIdOptions } from '../plugins/request-id/index.ts'
import { ResponseModelOptions } from '../plugins/response-model/index.ts'
import { ResponsesOptions } from '../plugins/responses/index.ts'
import { StaticOptions } from '../plugins/static/index.ts'
import { TasksOptions } from '../plugins/tasks/index.ts'
import { TelemetryOptions } from '../plugins/telemetry/index.ts'
import { TemplatesOptions } from '../plugins/templates/index.ts'
import { TimingOptions } from '../plugins/timing/index.ts'
import { TrustedHostOptions } from '../plugins/trusted-host/index.ts'
import { ValidationOptions } from '../plugins/validation/index.ts'
import { WebSocketOptions } from '../plugins/websocket/index.ts'

/** Sections of routes that show one thing each; nothing of an app that serves its users. */
export const DEMONSTRATIONS = [
  'background', 'basic', 'blueprint', 'chat', 'cookie', 'database', 'dependency', 'encoder', 'errors', 'fields', 'forms', 'header', 'hosts',
  'middleware', 'path', 'query', 'request', 'response', 'security', 'stream', 'templates', 'types', 'update', 'uploads', 'views'
]

/** The settings of the reference app: a field for each plugin that has options. */
export const AppSettings = Type.Object({
  broadcast: Type.Object({
    ...BroadcastOptions.properties,
    url: Type.Optional(Type.String({ minLength: 1, secret: true, description: 'What carries messages between processes: `redis://host:6379`, or PostgreSQL. The database by default, if it is PostgreSQL.' }))
  }),
  compress: Type.Object({
    threshold: Type.Integer({ default: 1024, minimum: 0, description: 'Answers from this many bytes on are compressed for whoever accepts it.' })
  }),
  cors: CorsOptions,
  databaseUrl: DbOptions.properties.url,
  db: Type.Object({ ...Type.Omit(DbOptions, ['name', 'url', 'replica', 'tables', 'migrations', 'migrate']).properties, migrate: Type.Boolean({ ...DbOptions.properties.migrate, default: true }) }),
  demonstrations: Type.Optional(Type.Array(Type.Unsafe<string>({ type: 'string', enum: DEMONSTRATIONS }), {
    description: 'Sections of the tutorial to serve, `database,views`. All by default; none with `NODE_ENV=production`, since they ask nobody who they are.'
  })),
  docs: Type.Object({
    ...Type.Omit(DocsOptions, ['generateUniqueId', 'transform', 'transformSchema', 'webhooks']).properties,
    title: Type.String({ ...DocsOptions.properties.title, default: 'fastify-apikit' }),
    description: Type.String({ default: 'A tour of FastAPI on Fastify: one section for each chapter of its tutorial.', description: 'A text about it, in Markdown.' })
  }),
  drainTimeout: Type.Integer({ default: 20_000, minimum: 0, description: 'Milliseconds that requests under way are waited for when the app closes; then their connections are cut.' }),
  forms: FormsOptions,
  health: Type.Object({
    ...HealthOptions.properties,
    details: Type.Boolean({ default: false, description: 'Show the result of each check to whoever asks.' })
  }),
  httpsRedirect: Type.Object({
    enabled: Type.Boolean({ default: false, description: 'Send plain http to https, and tell browsers to stay there.' }),
    ...HttpsRedirectOptions.properties
  }),
  jwt: Type.Object({
    ...Type.Omit(JwtOptions, ['isRevoked']).properties,
    // One of several would be taken for a list in the environment.
    audience: Type.Array(Type.String({ minLength: 1 }), { default: [] })
  }),
  // Without a token the route is left out.
  metrics: Type.Omit(MetricsOptions, ['depends', 'public']),
  rateLimit: Type.Object({
    max: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { default: null, description: 'Requests of one address in a window; `null` for no limit.' }),
    redisUrl: Type.Optional(Type.String({ pattern: '^rediss?://', secret: true, description: 'Where several processes count together: `redis://host:6379`. If it cannot be reached, requests are not limited.' })),
    window: Type.Integer({ default: 60, minimum: 1, description: 'Seconds.' })
  }),
  oktaAudience: Type.Optional(Type.String({ description: 'what the aud of access tokens has to be' })),
  oktaCallbackUri: Type.Optional(Type.String({ description: 'where the issuer sends browsers back to: https://…/okta/login/callback' })),
  oktaClientId: Type.Optional(Type.String({ description: 'id of this app at the issuer' })),
  oktaClientSecret: Type.Optional(Type.String({ description: 'its secret', secret: true })),
  oktaIssuer: Type.Optional(Type.String({ description: 'URL of an OpenID provider: Okta’s https://….okta.com/oauth2/default, or another' })),
  oktaSessionSecret: Type.Optional(Type.String({ description: 'signs the cookies of those who log in; 32 characters or more', secret: true })),
  requestId: RequestIdOptions,
  // As in FastAPI, whose tour this app is.
  responseModel: Type.Object({
    ...ResponseModelOptions.properties,
    undeclaredText: Type.Union([Type.Literal('text'), Type.Literal('json')], { default: 'json', description: String(ResponseModelOptions.properties.undeclaredText.description) })
  }),
  responses: ResponsesOptions,
  static: Type.Object({
    ...StaticOptions.properties,
    root: Type.String({ default: 'public', description: 'Folder to serve, if it is there.' }),
    checkRoot: Type.Boolean({ default: false })
  }),
  tasks: Type.Object({
    ...Type.Omit(TasksOptions, ['tasks', 'url', 'engine']).properties,
    engine: Type.Optional(Type.Union([Type.Literal('inline'), Type.Literal('sqlite'), Type.Literal('pg-boss')], { description: '`pg-boss` on PostgreSQL by default, else `sqlite`.' })),
    page: Type.Boolean({ default: process.env.NODE_ENV !== 'production', description: 'Serve the page `/tasks`, on which anybody can look at tasks and run them again: not in production by default.' })
  }),
  telemetry: Type.Omit(TelemetryOptions, ['tracerProvider', 'meterProvider']),
  templates: Type.Object({
    ...Type.Omit(TemplatesOptions, ['filters', 'globals']).properties,
    root: Type.String({ default: join(import.meta.dirname, '..', 'routes'), description: 'Folder of the templates: they stand beside their routes.' })
  }),
  timing: TimingOptions,
  trustedHost: TrustedHostOptions,
  underPressure: Type.Object({
    maxEventLoopDelay: Type.Integer({ default: 1000, minimum: 0, description: 'Milliseconds; with more, requests are turned away with 503. 0 for no limit.' }),
    maxRssBytes: Type.Integer({ default: 0, minimum: 0, description: 'Bytes of memory; as above.' }),
    retryAfter: Type.Integer({ default: 10, minimum: 1, description: 'Seconds after which they may come again.' })
  }),
  validation: Type.Omit(ValidationOptions, ['ajv']),
  websocket: WebSocketOptions
})
export type AppSettings = Static<typeof AppSettings>
