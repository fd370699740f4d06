/**
 * The claims of a token, typed by a schema.
 *
 * @module
 */

import type { Static, TArray, TNumber, TObject, TOptional, TSchema, TString, TUnion } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { deepFreeze } from '../core/deep-freeze.ts'
import { valueReader } from '../core/schema/value-reader.ts'
import { objectOf, optional } from '../types/typebox.ts'
import { APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import { type RawClaims, Refused } from './refused.ts'

const Text = optional(Type.String())
const Seconds = optional(Type.Number())

/** Default schema of the claims: those of RFC 7519, RFC 7662 and RFC 9068, and any others. */
export const TokenClaims: TObject<{
  iss: TOptional<TString>
  sub: TOptional<TString>
  aud: TOptional<TUnion<[TString, TArray<TString>]>>
  exp: TOptional<TNumber>
  iat: TOptional<TNumber>
  nbf: TOptional<TNumber>
  jti: TOptional<TString>
  scope: TOptional<TString>
  client_id: TOptional<TString>
  username: TOptional<TString>
}> = objectOf({
  iss: Text,
  sub: Text,
  aud: optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  exp: Seconds,
  iat: Seconds,
  nbf: Seconds,
  jti: Text,
  scope: Text,
  client_id: Text,
  username: Text
}, { additionalProperties: Type.Unknown() })
export type TokenClaims = Static<typeof TokenClaims>

/** Parses claims by a schema. */
export type ReadClaims = (raw: RawClaims) => { readonly value: unknown } | Refused

/** @throws APIKIT_ERR_OPENID_SETUP when the schema cannot be compiled */
export function claimsReader (who: string, schema: TSchema): ReadClaims {
  const refusal = (problems: string): Error => new APIKIT_ERR_OPENID_SETUP(`${who}: the ${problems}`)
  const read = valueReader(schema, { name: 'claims', refusal, maxIssues: 1 })
  return raw => {
    const reading = read(raw)
    if ('value' in reading) {
      deepFreeze(reading.value) // requests with the same token share it
      return { value: reading.value }
    }
    const [issue] = reading.issues
    return new Refused('claims', `the claim ${issue?.loc.join('.')}: ${issue?.msg}`)
  }
}

/** Returns the scopes in `scope` (OAuth 2.0, a string) and in `scp` (Okta and Entra, an array or a string). */
export function scopesOf ({ scope, scp }: RawClaims): readonly string[] {
  return [scope, scp].flat().flatMap(text => typeof text === 'string' ? text.split(' ') : []).filter(name => name !== '')
}

/** Returns the client of a token: `client_id` (RFC 9068, RFC 7662), `cid` (Okta) or `azp` (ID tokens). */
export function clientOf ({ client_id: id, cid, azp }: RawClaims): unknown {
  return id ?? cid ?? azp
}
