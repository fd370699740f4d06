/**
 * The options of `app.register(apikit, { … })`: those of each plugin under its name.
 *
 * The types of the standard set come from the plugins themselves, and so do their decorators and keys of routes
 * (`request.deps`, `config.depends`, `schema.cookies` …). Those of the others come from files that declare nothing: an
 * app with an `app.db` or `app.settings` of its own keeps it.
 *
 * @module
 */

import type { BroadcastOptions } from '../broadcast/options.ts'
import type { CorsOptions } from '../cors/options.ts'
import type { DbOptions } from '../db/options.ts'
import type { DependenciesOptions } from '../dependencies/index.ts'
import type { DocsOptions } from '../docs/index.ts'
import type { ErrorsOptions } from '../errors/index.ts'
import type { FormsOptions } from '../forms/options.ts'
import type { HealthOptions } from '../health/options.ts'
import type { HttpsRedirectOptions } from '../https-redirect/index.ts'
import type { JwtOptions } from '../jwt/options.ts'
import type { MetricsOptions } from '../metrics/options.ts'
import type { OpenIdOptions } from '../openid/options.ts'
import type { RequestIdOptions } from '../request-id/options.ts'
import type { ResponseModelOptions } from '../response-model/index.ts'
import type { ResponsesOptions } from '../responses/index.ts'
import type { SecurityOptions } from '../security/index.ts'
import type { SettingsOptions } from '../settings/options.ts'
import type { StaticOptions } from '../static/options.ts'
import type { TasksOptions } from '../tasks/options.ts'
import type { TelemetryOptions } from '../telemetry/options.ts'
import type { TemplatesOptions } from '../templates/options.ts'
import type { TimingOptions } from '../timing/options.ts'
import type { TrustedHostOptions } from '../trusted-host/index.ts'
import type { ValidationOptions } from '../validation/index.ts'
import type { WebSocketOptions } from '../websocket/options.ts'

/** `true` and `{}` register a plugin with its defaults, `false` leaves it out. */
export interface ApikitOptions {
  /** Error handler and 404 handler: `{"detail": …}`; here `redirectSlashes` is on by default. Registered unless `false`. */
  readonly errors?: boolean | ErrorsOptions
  /** Parses and checks requests by their schemas. Registered unless `false`. */
  readonly validation?: boolean | ValidationOptions
  /** Checks, filters and writes responses by their schemas. Registered unless `false`. */
  readonly responseModel?: boolean | ResponseModelOptions
  /** Text, HTML, redirects, files, streams and events, declared as schemas. Registered unless `false`. */
  readonly responses?: boolean | ResponsesOptions
  /** `config.depends`, `app.depends()`, `app.inherit()`. Registered unless `false`. */
  readonly dependencies?: boolean | DependenciesOptions
  /** `app.guard()`, for the schemes that routes depend on. Registered unless `false`. */
  readonly security?: boolean | SecurityOptions
  /** OpenAPI document, Swagger UI and ReDoc. Registered unless `false`. */
  readonly docs?: boolean | DocsOptions

  /** Messages to every process. */
  readonly broadcast?: boolean | BroadcastOptions
  /** Headers and preflights for pages of other origins. */
  readonly cors?: boolean | CorsOptions
  /** A database, SQLite or PostgreSQL; a list for several, each with a name. */
  readonly db?: boolean | DbOptions | readonly DbOptions[]
  /** Forms and files. */
  readonly forms?: boolean | FormsOptions
  /** Whether the app lives, and whether it can answer requests: `/health/live`, `/health/ready`. */
  readonly health?: boolean | HealthOptions
  /** Redirects http to https. */
  readonly httpsRedirect?: boolean | HttpsRedirectOptions
  /** Signs and verifies JSON Web Tokens. */
  readonly jwt?: boolean | JwtOptions
  /** Metrics for Prometheus. */
  readonly metrics?: false | MetricsOptions
  /** Tokens of an OpenID provider. */
  readonly openid?: boolean | OpenIdOptions
  /** `x-request-id`: an ID for each request, unique across processes. */
  readonly requestId?: boolean | RequestIdOptions
  /** Settings from the environment and `.env`. */
  readonly settings?: false | SettingsOptions
  /** Files of a folder; a list for several folders. */
  readonly static?: false | StaticOptions | readonly StaticOptions[]
  /** Work after the response, or later. */
  readonly tasks?: boolean | TasksOptions
  /** Spans and metrics of OpenTelemetry. */
  readonly telemetry?: boolean | TelemetryOptions
  /** HTML from Jinja2 templates. */
  readonly templates?: false | TemplatesOptions
  /** `X-Process-Time` and `Server-Timing`. */
  readonly timing?: boolean | TimingOptions
  /** Answers only listed hosts. */
  readonly trustedHost?: boolean | TrustedHostOptions
  /** WebSockets as routes. */
  readonly websocket?: boolean | WebSocketOptions
}

export type PluginName = keyof ApikitOptions
