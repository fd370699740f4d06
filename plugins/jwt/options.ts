/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import { JwtKey } from './keys.ts'
import type { IsRevoked } from './tokens.ts'

export const JwtOptions = Type.Object({
  secret: Type.Optional(Type.String({ secret: true, description: 'HMAC secret. At least 32 bytes for HS256, 48 for HS384, 64 for HS512.' })),
  algorithm: Type.Unsafe<'HS256' | 'HS384' | 'HS512'>(Type.Union([Type.Literal('HS256'), Type.Literal('HS384'), Type.Literal('HS512')], {
    default: 'HS256', description: 'Algorithm for `secret`.'
  })),
  keys: Type.Optional(Type.Array(JwtKey, {
    secret: true, description: 'Keys, instead of `secret`: `{ kid, algorithm, secret \\| privateKey \\| publicKey }`. The first that can sign signs, all verify.'
  })),
  issuer: Type.Optional(Type.String({ minLength: 1, description: '`iss` of the tokens. A token with another `iss` is rejected.' })),
  audience: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }))], {
    default: [], description: '`aud` of the tokens: the first is signed, one of them is required. If empty, a token with an `aud` is rejected.'
  }),
  expiresIn: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { default: 1800, description: 'Seconds until a token expires, `null` for never.' }),
  requiredClaims: Type.Array(Type.String(), { default: [], description: 'Required claims, such as `exp` and `sub`.' }),
  clockTolerance: Type.Number({ default: 0, minimum: 0, maximum: 600, description: 'Clock difference allowed for `exp`, `nbf` and `iat`, in seconds.' }),
  typ: Type.Optional(Type.String({ minLength: 1, description: '`typ` of the tokens (`at+jwt`, RFC 9068). A token with another `typ` is rejected. By default `JWT` is signed and any `typ` accepted.' })),
  cache: Type.Object({
    max: Type.Integer({ default: 1000, minimum: 0, description: 'Maximum number of verified tokens to keep. Their signature is not verified again; their time and revocation are.' })
  }, { default: {}, additionalProperties: false, description: 'Cache of verified tokens: `{ max: 1000 }`. 0 disables it.' }),
  isRevoked: Type.Optional(Type.Unsafe<IsRevoked>(Type.Function([], Type.Any(), { description: 'Called on each request: `(claims) => boolean`, or a promise. A revoked token is rejected.' })))
}, { additionalProperties: false })

/** Options of the plugin. All but the keys have a default. */
export type JwtOptions = Partial<Static<typeof JwtOptions>>
