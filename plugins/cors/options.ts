import { type Static, Type } from '@sinclair/typebox'

export const CorsOptions = Type.Object({
  allowOrigins: Type.Array(
    // An origin has no path: with a slash at its end it would never match.
    Type.String({ pattern: '^(\\*|null|[a-z][a-z0-9+.-]*://[^/\\s]+)$' }),
    { default: [], description: 'Origins whose pages may read responses: `https://example.com`, or `*` for all.' }
  ),
  allowOriginRegex: Type.Optional(Type.String({
    description: 'Pattern that must match the whole origin: `https://.*\\.example\\.com`. Runs in linear time, without look-around and back-references.'
  })),
  allowMethods: Type.Array(Type.String(), { default: ['GET'], description: 'Methods that pages of these origins may use, in capitals, or `*` for all.' }),
  allowHeaders: Type.Array(Type.String(), {
    default: [], description: 'Request headers that these pages may send, or `*` for all. `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` are always allowed.'
  }),
  allowCredentials: Type.Boolean({ default: false, description: 'Allows requests with cookies and other credentials. Cannot be combined with the origins `*` and `null`.' }),
  allowPrivateNetwork: Type.Boolean({ default: false, description: 'Allows public pages to call this server in a private network.' }),
  exposeHeaders: Type.Array(Type.String(), { default: [], description: 'Response headers that these pages may read.' }),
  maxAge: Type.Integer({ default: 600, minimum: 0, description: 'Time in seconds for which browsers may cache the response to a preflight.' })
}, { additionalProperties: false })

/** Options of the plugin. All of them have a default. */
export type CorsOptions = Partial<Static<typeof CorsOptions>>

/** The options with their defaults filled in. */
export type ParsedOptions = Static<typeof CorsOptions>
