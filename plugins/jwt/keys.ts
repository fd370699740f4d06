/**
 * Keys, each pinned to one algorithm, so that the header of a token never chooses how it is verified.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { APIKIT_ERR_JWT_KEYS } from './errors.ts'

const NAMES = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
export type JwtAlgorithm = typeof NAMES[number]

/** Signature algorithms, without `none`. */
export const JwtAlgorithm = Type.Unsafe<JwtAlgorithm>(Type.Union(NAMES.map(name => Type.Literal(name)), { description: 'Algorithm of the key: `HS256` … `EdDSA`.' }))

export const JwtKey = Type.Object({
  kid: Type.Optional(Type.String({ minLength: 1, description: 'Key ID, in the header of the tokens that it signs.' })),
  algorithm: JwtAlgorithm,
  secret: Type.Optional(Type.String({ description: 'HMAC secret for HS*. At least as long as the hash.' })),
  privateKey: Type.Optional(Type.String({ description: 'PEM, for all other algorithms: signs.' })),
  publicKey: Type.Optional(Type.String({ description: 'PEM: verifies; derived from the private key by default.' }))
}, { additionalProperties: false })
export type JwtKey = Static<typeof JwtKey>

/** A key, checked. */
export interface Key {
  readonly kid: string | undefined
  readonly algorithm: JwtAlgorithm
  /** Secret or PEM; undefined when the key only verifies. */
  readonly signing: string | undefined
  readonly verifying: string
}

/** RFC 7518 §3.2: a shorter secret is weaker than the hash. */
const SECRET_BYTES: Readonly<Partial<Record<JwtAlgorithm, number>>> = { HS256: 32, HS384: 48, HS512: 64 }

const CURVES: Readonly<Partial<Record<JwtAlgorithm, string>>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }

/**
 * Checks keys.
 *
 * @returns at least one key
 * @throws APIKIT_ERR_JWT_KEYS, one error with every problem and without the keys
 */
export function readKeys (keys: readonly JwtKey[]): readonly [Key, ...Key[]] {
  const problems = keys.flatMap((key, index) => {
    const name = `key ${key.kid === undefined ? index : JSON.stringify(key.kid)} (${key.algorithm})`
    const problem = SECRET_BYTES[key.algorithm] === undefined ? problemOfPair(key) : problemOfSecret(key)
    return problem === undefined ? [] : [`${name}: ${problem}`]
  })
  const kids = keys.flatMap(({ kid = [] }) => kid)
  for (const kid of new Set(kids.filter((kid, index) => kids.indexOf(kid) !== index))) problems.push(`two keys have the kid ${JSON.stringify(kid)}`)
  if (keys.length === 0) problems.push('no keys. Set "secret" or "keys" (in the reference app JWT__SECRET, in the environment or .env: openssl rand -hex 32)')
  if (keys.length > 1 && keys.some(({ kid }) => kid === undefined)) problems.push('each of several keys must have a kid')
  if (problems.length > 0) throw new APIKIT_ERR_JWT_KEYS(problems.join('; '))
  return keys.map(readKey) as [Key, ...Key[]]
}

function readKey ({ kid, algorithm, secret, privateKey, publicKey }: JwtKey): Key {
  const verifying = secret ?? publicKey ?? createPublicKey(String(privateKey)).export({ type: 'spki', format: 'pem' }).toString()
  return { kid, algorithm, signing: secret ?? privateKey, verifying }
}

function problemOfSecret ({ algorithm, secret, privateKey, publicKey }: JwtKey): string | undefined {
  if (privateKey !== undefined || publicKey !== undefined) return `${algorithm} must have a secret and no key pair`
  if (secret === undefined) return `${algorithm} must have a secret`
  if (/-----BEGIN|"kty"/.test(secret)) return 'the secret must not be a PEM or a JSON Web Key'
  const bytes = Number(SECRET_BYTES[algorithm])
  return Buffer.byteLength(secret) < bytes ? `the secret must have at least ${bytes} bytes. Make one with: openssl rand -hex 64` : undefined
}

function problemOfPair ({ algorithm, secret, privateKey, publicKey }: JwtKey): string | undefined {
  if (secret !== undefined) return `${algorithm} must have a privateKey or a publicKey, and no secret`
  if (privateKey === undefined && publicKey === undefined) return `${algorithm} must have a privateKey or a publicKey`
  try {
    const pair = [privateKey === undefined ? [] : createPrivateKey(privateKey), publicKey === undefined ? [] : createPublicKey(publicKey)].flat()
    return pair.map(key => problemOfKey(algorithm, key)).find(problem => problem !== undefined)
  } catch {
    return 'the key must be PEM without a passphrase'
  }
}

function problemOfKey (algorithm: JwtAlgorithm, { asymmetricKeyType, asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} }: KeyObject): string | undefined {
  const curve = CURVES[algorithm]
  if (curve !== undefined) return namedCurve === curve ? undefined : `the curve of the key must be ${curve}`
  if (algorithm === 'EdDSA') return asymmetricKeyType === 'ed25519' || asymmetricKeyType === 'ed448' ? undefined : 'the key must be an Ed25519 or Ed448 key'
  if (asymmetricKeyType !== 'rsa') return 'the key must be an RSA key'
  return modulusLength < 2048 ? 'an RSA key must have at least 2048 bits' : undefined // RFC 7518 §3.3
}
