import { type Static, Type } from '@sinclair/typebox'

export const CorsOptions = Type.Object({
  allowOrigins: Type.Array(
    // An origin has no path: with a slash at its end it would never be met.
    Type.String({ pattern: '^(\\*|null|[a-z][a-z0-9+.-]*://[^/\\s]+)$' }),
    { default: [], description: 'Origins whose pages may read answers: `https://example.com`, or `*` for all.' }
  ),
  allowOriginRegex: Type.Optional(Type.String({
    description: 'A pattern for the whole origin: `https://.*\\.example\\.com`. It is run in linear time.'
  })),
  allowMethods: Type.Array(Type.String(), { default: ['GET'], description: 'Methods that they may use, in capitals, or `*`.' }),
  allowHeaders: Type.Array(Type.String(), {
    default: [], description: 'Headers that they may send, or `*`. `Accept`, `Accept-Language`, `Content-Language` and `Content-Type` are always allowed.'
  }),
  allowCredentials: Type.Boolean({ default: false, description: 'Let them send cookies and read the answers.' }),
  allowPrivateNetwork: Type.Boolean({ default: false, description: 'Let public pages call a server in a private network.' }),
  exposeHeaders: Type.Array(Type.String(), { default: [], description: 'Headers of answers that they may read.' }),
  maxAge: Type.Integer({ default: 600, minimum: 0, description: 'For how many seconds a browser may keep the answer to a preflight.' })
}, { additionalProperties: false })

/** What a caller may write: every option has a default. */
export type CorsOptions = Partial<Static<typeof CorsOptions>>

/** The options with their defaults filled in. */
export type ParsedOptions = Static<typeof CorsOptions>
