import { createPrivateKey, sign } from 'node:crypto'
import { join } from 'node:path'
import type { Load } from '../../wire.ts'

export const ISSUER = 'https://issuer.example'
export const AUDIENCE = 'api://bench'

/** The same key in every process, so that all know the same token. It guards nothing. */
const key = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 1)]), format: 'der', type: 'pkcs8' })
const { kty, crv, x } = key.export({ format: 'jwk' })

export const keys = { keys: [{ kty, crv, x, kid: 'bench', alg: 'EdDSA' }] }

export const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', client_id: 'bench', scope: 'items:read items:write', iat: 1_700_000_000, exp: 4_102_444_800 }

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** @param jti tells one token from another */
export function tokenOf (jti: string): string {
  const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: 'bench' })}.${encode({ ...claims, jti })}`
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`
}

export const page: Load = { path: '/users/42/items?skip=2&limit=5', headers: { authorization: `Bearer ${tokenOf('page')}` }, status: 200 }

export const variant = (name: string): string => join(import.meta.dirname, `${name}.ts`)
