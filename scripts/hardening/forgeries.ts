/**
 * Tokens as attackers make them.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc8725
 */

import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** What the server believes. */
export const secret = 'the secret of the server, 32 bytes or more'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()
export const rsa = { publicKey: pem(pair.publicKey) }

const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })

const encode = (part: unknown): string => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

function hmac (header: object, payload: unknown, key: string | Buffer = secret, hash = 'sha256'): string {
  const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'a', ...header })}.${encode(payload)}`
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`
}

function signed (header: object, payload: unknown, key: KeyObject): string {
  const input = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'b', ...header })}.${encode(payload)}`
  const signature = sign('sha256', Buffer.from(input), key.asymmetricKeyType === 'ec' ? { key, dsaEncoding: 'ieee-p1363' } : key)
  return `${input}.${signature.toString('base64url')}`
}

/**
 * Tokens that are not to be believed, by what is wrong with them. Those whose claims are wrong have a right signature.
 *
 * @param good a token of the server
 */
export function forgeries (good: string): ReadonlyMap<string, string> {
  const [header = '', payload = '', signature = ''] = good.split('.')
  const now = Math.floor(Date.now() / 1000)
  const john = { sub: 'johndoe', exp: now + 3600 }
  const jwk = attacker.publicKey.export({ format: 'jwk' })
  const publicKey = createPublicKey(rsa.publicKey)
  const none = (alg: string): string => `${encode({ alg, typ: 'JWT' })}.${encode(john)}`
  return new Map([
    ...['none', 'None', 'NONE', 'nOnE', ''].map(alg => [`alg "${alg}" without a signature`, `${none(alg)}.`] as const),
    ['alg none with a signature', `${none('none')}.${signature}`],
    ['no alg', `${encode({ typ: 'JWT' })}.${payload}.${signature}`],
    ['no signature', `${header}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${good}.${signature}`],
    ['another secret', hmac({}, john, 'guessed')],
    ['the empty secret', hmac({}, john, '')],
    ['HS512 of our secret', hmac({ alg: 'HS512' }, john, secret, 'sha512')],
    ['HS256 by the public key (PEM)', hmac({ kid: 'b' }, john, rsa.publicKey)],
    ['HS256 by the public key, trimmed', hmac({ kid: 'b' }, john, rsa.publicKey.trim())],
    ['HS256 by the public key (DER)', hmac({ kid: 'b' }, john, publicKey.export({ type: 'spki', format: 'der' }))],
    ['HS256 by the public key, without a kid', hmac({ kid: undefined }, john, rsa.publicKey)],
    ['RS256 of a key that is not ours', signed({}, john, attacker.privateKey)],
    ['a key in the header (jwk)', signed({ jwk }, john, attacker.privateKey)],
    ['an address of a key in the header (jku)', signed({ jku: 'http://127.0.0.1:1/keys' }, john, attacker.privateKey)],
    ['an address of a certificate (x5u)', signed({ x5u: 'http://127.0.0.1:1/cert' }, john, attacker.privateKey)],
    ['RS256 that is ES256', signed({ alg: 'ES256' }, john, curve.privateKey)],
    ['PS256 for RS256', signed({ alg: 'PS256' }, john, pair.privateKey)],
    ['kid of a file', hmac({ kid: '../../../../dev/null' }, john, '')],
    ['kid of a database', hmac({ kid: "x' UNION SELECT 'guessed" }, john, 'guessed')],
    ['kid that is an object', hmac({ kid: {} }, john)],
    ['kid __proto__', hmac({ kid: '__proto__' }, john, '')],
    ['kid of the other key', hmac({ kid: 'b' }, john)],
    ['a critical extension', hmac({ crit: ['b64'], b64: false }, john)],
    ['another payload', `${header}.${encode({ ...john, sub: 'alice' })}.${signature}`],
    ['another header', `${encode({ alg: 'HS256' })}.${payload}.${signature}`],
    ['a signature cut short', good.slice(0, -2)],
    ['a signature spelt otherwise', `${good}=`],
    ['expired', hmac({}, { ...john, exp: now - 1 })],
    ['expired in 1970', hmac({}, { ...john, exp: 0 })],
    ['an end that is text', hmac({}, { ...john, exp: String(now + 3600) })],
    ['an end that is null', hmac({}, { ...john, exp: null })],
    ['not yet (nbf)', hmac({}, { ...john, nbf: now + 3600 })],
    ['issued in the future', hmac({}, { ...john, iat: now + 3600 })],
    ['for another audience', hmac({}, { ...john, aud: 'https://other.example' })],
    ['for a list of others', hmac({}, { ...john, aud: ['a', 'b'] })],
    ['a subject that is a list', hmac({}, { ...john, sub: ['johndoe'] })],
    ['a subject that is nobody', hmac({}, { ...john, sub: 'nobody' })],
    ['no subject', hmac({}, { exp: john.exp })],
    ['a payload that is a list', hmac({}, [john])],
    ['a payload that is no JSON', hmac({}, '{"sub":"johndoe"')],
    ['a refresh of nothing', 'x'.repeat(500)]
  ])
}
