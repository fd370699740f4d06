/**
 * The kinds of stored hashes that a password can be compared with.
 *
 * @module
 */

import { scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { optionalPeer } from '../core/peer.ts'
import { APIKIT_ERR_PASSWORD_HASH } from './errors.ts'

type Argon2 = typeof import('@node-rs/argon2')
type Bcrypt = typeof import('bcryptjs')
interface ScryptHash { readonly salt: Buffer, readonly key: Buffer, readonly N: number, readonly r: number, readonly p: number }

/** The parameters of Argon2. */
export interface Argon2Cost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

const OWNER = 'fastify-apikit/security'
const argon2 = (): Argon2 => optionalPeer(OWNER, '@node-rs/argon2')
const bcrypt = (): Bcrypt => optionalPeer(OWNER, 'bcryptjs')

const ARGON2 = /^\$argon2(id|i|d)\$v=(\d+)\$m=(\d+),t=(\d+),p=(\d+)\$/
const BCRYPT = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/
/** As of passlib and others: `$scrypt$ln=16,r=8,p=1$salt$key`. */
const SCRYPT = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)={0,2}\$([A-Za-z0-9+/]+)={0,2}$/
/** As of Werkzeug, and so of Flask: `scrypt:32768:8:1$salt$key`, the key in hexadecimal. */
const WERKZEUG = /^scrypt:(\d+):(\d+):(\d+)\$([^$]+)\$([0-9a-f]+)$/

/** More than any sane hash asks for: one that asks for more is no hash of anybody's. */
const MOST_MEMORY = 256 * 1024 * 1024

const deriveKey = promisify<string, Buffer, number, object, Buffer>(scrypt)

export function hashArgon2id (password: string, cost: Argon2Cost): Promise<string> {
  return argon2().hash(password, { ...cost }) // Argon2id is its default
}

/** The cost of a hash by Argon2id, version 1.3; `undefined` for any other. */
export function argon2idCost (hash: string): Argon2Cost | undefined {
  const [, kind, version, m, t, p] = ARGON2.exec(hash) ?? []
  return kind === 'id' && version === '19' ? { memoryCost: Number(m), timeCost: Number(t), parallelism: Number(p) } : undefined
}

/** @throws APIKIT_ERR_PASSWORD_HASH when it is none that is known */
export async function matches (password: string, hash: string): Promise<boolean> {
  if (ARGON2.test(hash)) return await argon2().verify(hash, password)
  if (BCRYPT.test(hash)) return await bcrypt().compare(password, hash)
  const found = phcScrypt(hash) ?? werkzeugScrypt(hash)
  // The hash stays out of the message, which goes to the log.
  if (found === undefined) throw new APIKIT_ERR_PASSWORD_HASH()

  const { salt, key, N, r, p } = found
  const isSane = N > 1 && r > 0 && p > 0 && p <= 64 && 128 * N * r <= MOST_MEMORY
  if (!isSane) throw new APIKIT_ERR_PASSWORD_HASH()
  return timingSafeEqual(await deriveKey(password, salt, key.length, { N, r, p, maxmem: 2 * MOST_MEMORY }), key)
}

function phcScrypt (hash: string): ScryptHash | undefined {
  const [whole, ln, r, p, salt = '', key = ''] = SCRYPT.exec(hash) ?? []
  return whole === undefined ? undefined : { salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64'), N: 2 ** Number(ln), r: Number(r), p: Number(p) }
}

function werkzeugScrypt (hash: string): ScryptHash | undefined {
  const [whole, N, r, p, salt = '', key = ''] = WERKZEUG.exec(hash) ?? []
  return whole === undefined ? undefined : { salt: Buffer.from(salt), key: Buffer.from(key, 'hex'), N: Number(N), r: Number(r), p: Number(p) }
}
