/**
 * Keys, each pinned to one algorithm: what a token says of itself never chooses how it is verified.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { APIKIT_ERR_JWT_KEYS } from './errors.ts'
import type { Decoded, Signatures } from './signatures.ts'

const NAMES = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
export type JwtAlgorithm = typeof NAMES[number]

/** Never `none`. */
export const JwtAlgorithm = Type.Unsafe<JwtAlgorithm>(Type.Union(NAMES.map(name => Type.Literal(name)), { description: 'Of the keys: `HS256` … `EdDSA`.' }))

export const JwtKey = Type.Object({
  kid: Type.Optional(Type.String({ minLength: 1, description: 'Its id, which stands in the header of the tokens it signs.' })),
  algorithm: JwtAlgorithm,
  secret: Type.Optional(Type.String({ description: 'Of HS*: at least as many bytes as the hash has.' })),
  privateKey: Type.Optional(Type.String({ description: 'PEM, of all others: it signs.' })),
  publicKey: Type.Optional(Type.String({ description: 'PEM: it verifies; made from the private key unless given.' }))
}, { additionalProperties: false })
export type JwtKey = Static<typeof JwtKey>

export type Sign = (claims: Record<string, unknown>) => string
export type Verify = (token: string) => Decoded

/** A key that can be used. */
export interface UsableKey {
  readonly kid: string | undefined
  readonly algorithm: JwtAlgorithm
  /** Without a private key or a secret there is none. */
  readonly sign: Sign | undefined
  readonly verify: Verify
}

/** RFC 7518 §3.2: a shorter secret is weaker than the hash. */
const SECRET_BYTES: Readonly<Partial<Record<JwtAlgorithm, number>>> = { HS256: 32, HS384: 48, HS512: 64 }

const CURVES: Readonly<Partial<Record<JwtAlgorithm, string>>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }

/**
 * @param typ of the header of tokens that are signed
 * @throws APIKIT_ERR_JWT_KEYS, one error for all that is wrong, in which no key stands
 */
export function usableKeys (keys: readonly JwtKey[], typ: string, signatures: Signatures): UsableKey[] {
  const problems: string[] = []
  const usable = keys.flatMap((key, index) => {
    const name = `key ${key.kid === undefined ? index : JSON.stringify(key.kid)} (${key.algorithm})`
    const problem = SECRET_BYTES[key.algorithm] === undefined ? problemOfPair(key) : problemOfSecret(key)
    if (problem === undefined) return [usableKey(key, typ, signatures)]
    problems.push(`${name}: ${problem}`)
    return []
  })
  const kids = keys.flatMap(({ kid = [] }) => kid)
  for (const kid of new Set(kids.filter((kid, index) => kids.indexOf(kid) !== index))) problems.push(`two keys have the kid ${JSON.stringify(kid)}`)
  if (keys.length === 0) problems.push('there are no keys; give "secret" or "keys" (the reference app takes JWT__SECRET from the environment or .env: openssl rand -hex 32)')
  else if (keys.length > 1 && keys.some(({ kid }) => kid === undefined)) problems.push('of several keys each needs a kid')
  if (problems.length > 0) throw new APIKIT_ERR_JWT_KEYS(problems.join('; '))
  return usable
}

function usableKey ({ kid, algorithm, secret, privateKey, publicKey }: JwtKey, typ: string, signatures: Signatures): UsableKey {
  const signing = secret ?? privateKey
  const verifying = secret ?? publicKey ?? createPublicKey(String(privateKey)).export({ type: 'spki', format: 'pem' }).toString()
  return {
    kid,
    algorithm,
    sign: signing === undefined ? undefined : claims => signatures.sign(claims, { key: signing, algorithm, header: { alg: algorithm, typ, ...kid !== undefined && { kid } } }),
    // Of the claims it looks at nothing: claims.ts does, so that one place says what holds, with and without a cache.
    verify: token => signatures.verify(token, { key: verifying, algorithms: [algorithm], complete: true, cache: false, ignoreExpiration: true, ignoreNotBefore: true })
  }
}

function problemOfSecret ({ algorithm, secret, privateKey, publicKey }: JwtKey): string | undefined {
  if (privateKey !== undefined || publicKey !== undefined) return `${algorithm} takes a secret, and no pair of keys`
  if (secret === undefined) return `${algorithm} takes a secret`
  if (/-----BEGIN|"kty"/.test(secret)) return 'the secret is a key of another algorithm'
  const bytes = Number(SECRET_BYTES[algorithm])
  return Buffer.byteLength(secret) < bytes ? `the secret has less than ${bytes} bytes; make one by: openssl rand -hex 64` : undefined
}

function problemOfPair ({ algorithm, secret, privateKey, publicKey }: JwtKey): string | undefined {
  if (secret !== undefined) return `${algorithm} takes a privateKey or a publicKey, and no secret`
  if (privateKey === undefined && publicKey === undefined) return `${algorithm} takes a privateKey or a publicKey`
  try {
    const pair = [privateKey === undefined ? [] : createPrivateKey(privateKey), publicKey === undefined ? [] : createPublicKey(publicKey)].flat()
    return pair.map(key => problemOfKey(algorithm, key)).find(problem => problem !== undefined)
  } catch {
    return 'it cannot be read; it is to be PEM, without a passphrase'
  }
}

function problemOfKey (algorithm: JwtAlgorithm, { asymmetricKeyType, asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} }: KeyObject): string | undefined {
  const curve = CURVES[algorithm]
  if (curve !== undefined) return namedCurve === curve ? undefined : `it takes a key of the curve ${curve}`
  if (algorithm === 'EdDSA') return asymmetricKeyType === 'ed25519' || asymmetricKeyType === 'ed448' ? undefined : 'it takes a key of Ed25519 or Ed448'
  if (asymmetricKeyType !== 'rsa') return 'it takes a key of RSA'
  return modulusLength < 2048 ? 'a key of RSA has at least 2048 bits' : undefined // RFC 7518 §3.3
}
