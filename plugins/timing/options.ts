/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

export const TimingOptions = Type.Object({
  header: Type.String({
    default: 'x-process-time',
    // A token: RFC 9110 §5.6.2.
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    description: 'Name of the response header with the seconds.'
  }),
  digits: Type.Integer({ default: 6, minimum: 0, maximum: 9, description: 'Number of decimal places.' }),
  serverTiming: Type.Boolean({
    default: false,
    description: 'Also add `app;dur=<milliseconds>` to `Server-Timing`, which browsers show, with a part for each dependency.'
  })
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type TimingOptions = Partial<Static<typeof TimingOptions>>
