import { type Static, Type } from '@sinclair/typebox'

export const CorsOptions = Type.Object({
  allowOrigins: Type.Array(
    // An origin has no path: with a slash at its end it would never match.
    Type.String({ pattern: '^(\\*|null|[a-z][a-z0-9+.-]*://[^/\\s]+)$' }),
    { default: [], description: 'Origins whose pages may read responses: `https://example.com`, or `*` for all.' }
  ),
  allowOriginRegex: Type.Optional(Type.String({
    description: 'Pattern for the whole origin: `https://.*\\.example\\.com`. It runs in linear time.'
  })),
  allowMethods: Type.Array(Type.String(), { default: ['GET'], description: 'Methods that these pages may use, in capitals, or `*` for all.' }),
  allowHeaders: Type.Array(Type.String(), {
    default: [], description: 'Headers that they may send, or `*` for all. `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` are always allowed.'
  }),
  allowCredentials: Type.Boolean({ default: false, description: 'Lets them send cookies and read the responses.' }),
  allowPrivateNetwork: Type.Boolean({ default: false, description: 'Lets public pages call a server in a private network.' }),
  exposeHeaders: Type.Array(Type.String(), { default: [], description: 'Response headers that they may read.' }),
  maxAge: Type.Integer({ default: 600, minimum: 0, description: 'Seconds for which a browser may cache the answer to a preflight.' })
}, { additionalProperties: false })

/** Options of the plugin. All of them have a default. */
export type CorsOptions = Partial<Static<typeof CorsOptions>>

/** The options with their defaults filled in. */
export type ParsedOptions = Static<typeof CorsOptions>
