/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'

export const RequestIdOptions = Type.Object({
  header: Type.String({
    default: 'x-request-id',
    // A token: RFC 9110 §5.6.2.
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    description: 'Name of the header, in requests and responses.'
  }),
  accept: Type.Boolean({ default: true, description: 'Use the ID in the header of a request, if it is valid. If false, each request gets a new one.' }),
  maxLength: Type.Integer({ default: 128, minimum: 1, maximum: 1024, description: 'Maximum length of an ID that is accepted.' })
}, { additionalProperties: false })

/** Options of the plugin. All have a default. */
export type RequestIdOptions = Partial<Static<typeof RequestIdOptions>>
