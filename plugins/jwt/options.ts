/**
 * Options of the plugin.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import { JwtKey } from './keys.ts'
import type { IsRevoked } from './tokens.ts'

export const JwtOptions = Type.Object({
  secret: Type.Optional(Type.String({ secret: true, description: 'Of the one key, if it is a secret: at least as many bytes as the hash has, 32 for HS256.' })),
  algorithm: Type.Unsafe<'HS256' | 'HS384' | 'HS512'>(Type.Union([Type.Literal('HS256'), Type.Literal('HS384'), Type.Literal('HS512')], {
    default: 'HS256', description: 'Of `secret`.'
  })),
  keys: Type.Optional(Type.Array(JwtKey, {
    secret: true, description: 'In place of `secret`: `{ kid, algorithm, secret \\| privateKey \\| publicKey }`. The first that can sign signs, all verify.'
  })),
  issuer: Type.Optional(Type.String({ minLength: 1, description: '`iss` of the tokens; others are refused.' })),
  audience: Type.Array(Type.String({ minLength: 1 }), {
    default: [], description: '`aud` of the tokens: the first is signed, one has to be there. Without any, a token with an `aud` is refused.'
  }),
  expiresIn: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { default: 1800, description: 'Seconds until a token expires; `null`: never.' }),
  requiredClaims: Type.Array(Type.String(), { default: [], description: 'Claims without which a token is refused: `exp`, `sub`.' }),
  clockTolerance: Type.Number({ default: 0, minimum: 0, maximum: 600, description: 'Seconds by which clocks may differ.' }),
  typ: Type.Optional(Type.String({ minLength: 1, description: '`typ` of the tokens (`at+jwt`, RFC 9068); others are refused. Without it, `JWT` is signed and any taken.' })),
  cache: Type.Integer({ default: 1000, minimum: 0, description: 'Tokens whose signature is not verified again; their time and revocation always are.' }),
  isRevoked: Type.Optional(Type.Unsafe<IsRevoked>(Type.Function([], Type.Any(), { description: 'Asked about each token on each request: `(claims) => boolean`, or a promise.' })))
}, { additionalProperties: false })

/** What a caller may write: all but the keys have a default. */
export type JwtOptions = Partial<Static<typeof JwtOptions>>
