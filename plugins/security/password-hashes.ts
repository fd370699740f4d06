/**
 * Reads stored password hashes: their algorithm, their cost, and whether a password matches.
 *
 * @module
 */

import { scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { optionalPeer } from '../core/peer.ts'
import { APIKIT_ERR_PASSWORD_HASH } from './errors.ts'

type Argon2 = typeof import('@node-rs/argon2')
type Bcrypt = typeof import('@node-rs/bcrypt')

/** The parameters of Argon2. */
export interface Argon2Cost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

/** Maximum costs of a stored hash. */
export interface HashLimits {
  readonly maxMemoryCost: number
  readonly maxTimeCost: number
  readonly maxParallelism: number
  readonly maxScryptCost: number
  readonly maxBcryptCost: number
  readonly truncateBcrypt: boolean
}

/** A hash that is well-formed and within the limits. */
export interface StoredHash {
  /** A hash of the same algorithm and cost that no password matches. The same text for all hashes of that cost. */
  readonly decoy: string
  matches (password: string): Promise<boolean>
}

const OWNER = 'fastify-apikit/security'
const argon2 = (): Argon2 => optionalPeer(OWNER, '@node-rs/argon2')
const bcrypt = (): Bcrypt => optionalPeer(OWNER, '@node-rs/bcrypt')
const deriveKey = promisify<string, Buffer, number, object, Buffer>(scrypt)

const ARGON2 = /^\$argon2(id|i|d)\$v=(16|19)\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
/** The last characters of salt and key carry 2 and 4 bits: with others set, no password matches. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/
/** As passlib writes it: `$scrypt$ln=16,r=8,p=1$salt$key`. */
const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,10}),p=(\d{1,10})\$([A-Za-z0-9+/]+)={0,2}\$([A-Za-z0-9+/]+)={0,2}$/
/** As Werkzeug, and so Flask, writes it: `scrypt:32768:8:1$salt$key`. The salt is text, the key hexadecimal. */
const WERKZEUG = /^scrypt:(\d{1,10}):(\d{1,10}):(\d{1,10})\$([^$]+)\$([0-9a-f]+)$/

const MAX_LENGTH = 512
/** Bytes. RFC 9106 §3.1 and the reference implementation have the same for salts. */
const MIN_SALT = 8
/** Bytes. A shorter key matches wrong passwords too: one in 256 for a single byte, all of them for none. */
const MIN_KEY = 16
/** Bytes of a password that bcrypt uses. */
const BCRYPT_BYTES = 72

/** A salt of 16 bytes and a key of 32, as hashes end. */
const DECOY_END = `${'A'.repeat(22)}$${'A'.repeat(43)}`

export function hashArgon2id (password: string, cost: Argon2Cost): Promise<string> {
  return argon2().hash(password, { ...cost }) // Argon2id is its default
}

/** Returns the cost of an Argon2id hash of version 1.3, `undefined` for any other. */
export function argon2idCost (hash: string): Argon2Cost | undefined {
  const [, variant, version, m, t, p] = ARGON2.exec(hash) ?? []
  return variant === 'id' && version === '19' ? { memoryCost: Number(m), timeCost: Number(t), parallelism: Number(p) } : undefined
}

export function argon2Decoy ({ memoryCost, timeCost, parallelism }: Argon2Cost, variant = 'id', version = '19'): string {
  return `$argon2${variant}$v=${version}$m=${memoryCost},t=${timeCost},p=${parallelism}$${DECOY_END}`
}

/**
 * Reads a stored hash. Nothing is hashed yet.
 *
 * @throws APIKIT_ERR_PASSWORD_HASH when its format is unknown, a part of it is missing or too short, or its cost exceeds `limits`
 */
export function readHash (hash: string, limits: HashLimits): StoredHash {
  const read = hash.length > MAX_LENGTH ? undefined : readArgon2(hash, limits) ?? readBcrypt(hash, limits) ?? readScrypt(hash, limits)
  return read ?? refuse('its format is unknown or it is cut off. Expected Argon2, bcrypt or scrypt')
}

function readArgon2 (hash: string, limits: HashLimits): StoredHash | undefined {
  const found = ARGON2.exec(hash)
  if (found === null) return undefined
  const [, variant, version, m, t, p, salt, key] = found
  const cost = { memoryCost: Number(m), timeCost: Number(t), parallelism: Number(p) }
  limit('memory in KiB', cost.memoryCost, limits, 'maxMemoryCost')
  limit('time cost', cost.timeCost, limits, 'maxTimeCost')
  limit('parallelism', cost.parallelism, limits, 'maxParallelism')
  if (cost.memoryCost < 8 * cost.parallelism) refuse('Argon2 must have at least 8 KiB of memory for each lane')
  bytes('salt', salt, 'base64', MIN_SALT)
  bytes('key', key, 'base64', MIN_KEY)
  return { decoy: argon2Decoy(cost, variant, version), matches: password => argon2().verify(hash, password) }
}

function readBcrypt (hash: string, limits: HashLimits): StoredHash | undefined {
  const found = BCRYPT.exec(hash)
  if (found === null) return undefined
  const [, cost = ''] = found
  if (Number(cost) < 4) refuse('the cost of bcrypt must be at least 4')
  limit('bcrypt cost', Number(cost), limits, 'maxBcryptCost')
  return {
    decoy: `$2b$${cost}$${'.'.repeat(53)}`,
    async matches (password) {
      const all = Buffer.from(password)
      const used = all.subarray(0, BCRYPT_BYTES)
      // Compared anyway, so that the time does not tell.
      const isSame = await bcrypt().verify(used, hash)
      return isSame && !all.includes(0) && (limits.truncateBcrypt || all.length === used.length)
    }
  }
}

function readScrypt (hash: string, limits: HashLimits): StoredHash | undefined {
  const [phc, werkzeug] = [SCRYPT.exec(hash), WERKZEUG.exec(hash)]
  const found = phc ?? werkzeug
  if (found === null) return undefined
  const [, first, r, p, salt = '', key = ''] = found
  const cost = { N: phc === null ? Number(first) : 2 ** Number(first), r: Number(r), p: Number(p) }
  checkScrypt(cost, limits)
  const saltBytes = phc === null ? bytes('salt', salt, 'utf8', MIN_SALT) : bytes('salt', salt, 'base64', MIN_SALT)
  const keyBytes = bytes('key', key, phc === null ? 'hex' : 'base64', MIN_KEY)
  const maxmem = 128 * cost.r * (cost.N + cost.p + 2) // Memory that OpenSSL needs.
  return {
    decoy: `$scrypt$ln=${Math.log2(cost.N)},r=${cost.r},p=${cost.p}$${DECOY_END}`,
    matches: async password => timingSafeEqual(await deriveKey(password, saltBytes, keyBytes.length, { ...cost, maxmem }), keyBytes)
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc7914#section-2 */
function checkScrypt ({ N, r, p }: { readonly N: number, readonly r: number, readonly p: number }, limits: HashLimits): void {
  if (r < 1 || p < 1 || N < 2 || N >= 2 ** (16 * r) || !Number.isInteger(Math.log2(N))) refuse('N, r and p are not valid parameters of scrypt')
  limit('memory in KiB', Math.max(N, p) * r / 8, limits, 'maxMemoryCost')
  limit('scrypt cost N·r·p', N * r * p, limits, 'maxScryptCost')
}

function limit (what: string, value: number, limits: HashLimits, option: Exclude<keyof HashLimits, 'truncateBcrypt'>): void {
  if (value > limits[option]) refuse(`its ${what} is ${value}, above ${option} ${limits[option]}`)
}

function bytes (what: string, text: string | undefined, encoding: BufferEncoding, least: number): Buffer {
  const decoded = Buffer.from(String(text), encoding)
  // A decoder skips invalid characters. Only a text that decodes and encodes to itself is complete.
  if (decoded.toString(encoding).replaceAll('=', '') !== text?.replaceAll('=', '')) refuse(`its ${what} is malformed`)
  if (decoded.length < least) refuse(`its ${what} is shorter than ${least} bytes`)
  return decoded
}

/** The hash itself is not in the message, which is logged. */
function refuse (reason: string): never {
  throw new APIKIT_ERR_PASSWORD_HASH(reason)
}
