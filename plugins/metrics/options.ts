/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { Depends } from '../dependencies/index.ts'

export const MetricsOptions = Type.Object({
  path: Type.Union([Type.String({ pattern: '^/' }), Type.Null()], { default: '/metrics', description: 'URL of the route. `null` for none: `app.metrics.read()` has the text.' }),
  token: Type.Optional(Type.String({ minLength: 16, secret: true, description: 'Bearer token that the scraper must send. At least 16 characters.' })),
  depends: Type.Optional(Type.Unsafe<Depends>(Type.Unknown({ description: 'Dependencies of the route, one of them a security scheme. Instead of `token`.' }))),
  public: Type.Boolean({ default: false, description: 'Let anyone who can reach the app read the metrics. For an app behind a proxy or network that keeps strangers away from the route.' }),
  buckets: Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
    default: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    minItems: 1,
    description: 'Upper limits of the histograms, in seconds, ascending. Each is a series for each route, method and status.'
  }),
  statements: Type.Boolean({ default: true, description: 'Measure the statements of `db`.' }),
  process: Type.Boolean({ default: true, description: 'Add the metrics of the process: CPU, memory, garbage collection, event loop delay.' })
}, { additionalProperties: false })

/** What a caller may write: every option has a default, or is optional. */
export type MetricsOptions = Partial<Static<typeof MetricsOptions>>

export type ParsedOptions = Static<typeof MetricsOptions>
