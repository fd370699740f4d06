/**
 * What is said of a token: typed by a schema, and the same for every request that comes with it.
 *
 * @module
 */

import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { valueReader } from '../core/schema/value-reader.ts'
import { APIKIT_ERR_OPENID_SETUP } from './errors.ts'
import type { RawClaims } from './jwt.ts'

const Text = Type.Optional(Type.String())
const Seconds = Type.Optional(Type.Number())

/** Claims of a token, unless a schema says more: those that have a name in RFC 7519, RFC 7662 and RFC 9068, and any others. */
export const TokenClaims = Type.Object({
  iss: Text,
  sub: Text,
  aud: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  exp: Seconds,
  iat: Seconds,
  nbf: Seconds,
  jti: Text,
  scope: Text,
  client_id: Text,
  username: Text
}, { additionalProperties: Type.Unknown() })
export type TokenClaims = Static<typeof TokenClaims>

/** The claims as the schema has them, or why they are not. */
export type ReadClaims = (raw: RawClaims) => { readonly value: unknown } | { readonly problem: string }

/** @throws APIKIT_ERR_OPENID_SETUP when the schema cannot be understood */
export function claimsReader (who: string, schema: TSchema): ReadClaims {
  const refusal = (problems: string): Error => new APIKIT_ERR_OPENID_SETUP(`${who}: the ${problems}`)
  const read = valueReader(schema, { name: 'claims', refusal, maxIssues: 1 })
  return raw => {
    const reading = read(raw)
    if ('value' in reading) return { value: freeze(reading.value) }
    const [issue] = reading.issues
    return { problem: `its claim ${issue?.loc.join('.')}: ${issue?.msg}` }
  }
}

/** Whoever comes with the token gets the same object: nobody changes it for the others. */
function freeze (value: unknown): unknown {
  if (!Array.isArray(value) && Object.getPrototypeOf(Object(value)) !== Object.prototype) return value
  for (const inner of Object.values(Object(value))) freeze(inner)
  return Object.freeze(value)
}

/** Scopes as OAuth 2.0 writes them (`scope`, one text) or as Okta and Entra do (`scp`, a list or a text). */
export function scopesOf ({ scope, scp }: RawClaims): readonly string[] {
  return [scope, scp].flat().flatMap(text => typeof text === 'string' ? text.split(' ') : []).filter(name => name !== '')
}

/** For whom the token was made: RFC 9068 and RFC 7662, Okta, and ID tokens. */
export function clientOf ({ client_id: id, cid, azp }: RawClaims): unknown {
  return id ?? cid ?? azp
}
