/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'

/** Whether a response has the result of each check. */
export type Details = boolean | ((request: FastifyRequest) => boolean | Promise<boolean>)

export const HealthOptions = Type.Object({
  url: Type.Union([Type.String({ pattern: '^/' }), Type.Null()], { default: '/health', description: 'URL above `/live` and `/ready`. `null` declares no routes.' }),
  // The plugin checks it: TypeBox clones the value of a union, and cannot clone a function.
  details: Type.Unsafe<Details>(Type.Any({
    anyOf: [{ type: 'boolean' }, { type: 'function' }], default: false, description: 'Show the result of each check. A function gets the request and decides; by default only the status is shown.'
  })),
  timeout: Type.Integer({ default: 2000, minimum: 1, description: 'Milliseconds after which a check has failed, unless it has a timeout of its own.' }),
  cache: Type.Integer({ default: 1000, minimum: 0, description: 'Milliseconds for which results are used again.' }),
  maxEventLoopDelay: Type.Integer({ default: 1000, minimum: 0, description: 'Milliseconds that the event loop may be blocked in the last second. 0 disables this check.' }),
  exclude: Type.Array(Type.String(), { default: [], description: 'Names of checks that are not run: `[\'openid\']`.' })
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type HealthOptions = Partial<Static<typeof HealthOptions>>

export type ParsedOptions = Static<typeof HealthOptions>
