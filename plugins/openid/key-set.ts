/**
 * The public keys of an issuer, by `kid`.
 *
 * @module
 */

import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { APIKIT_ERR_OPENID_ANSWER, APIKIT_ERR_OPENID_REFUSED } from './errors.ts'
import type { Metadata } from './metadata.ts'
import type { IssuerOptions } from './options.ts'
import { Refreshed } from './refreshed.ts'
import type { Transport } from './transport.ts'

/** A key that signs tokens. */
export interface Key {
  readonly pem: string
  /** The algorithms that are taken from it. */
  readonly algorithms: readonly string[]
}

type Keys = ReadonlyMap<string, Key>

/** Milliseconds after a failure in which nobody tries again. */
const PAUSE = 1000
/** Keys of a set that are looked at. */
const MAX_KEYS = 100
/** RFC 7518 §3.3. */
const MIN_RSA_BITS = 2048

/** What a key of each kind can sign: RFC 7518 §3.1, RFC 8037 §3.1. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
  Ed25519: ['EdDSA'],
  Ed448: ['EdDSA']
}

export class KeySet {
  readonly #transport: Transport
  readonly #metadata: Metadata
  readonly #algorithms: readonly string[]
  readonly #cooldown: number
  readonly #keys: Refreshed<Keys>
  readonly #listeners: Array<() => void> = []
  #current: Keys = new Map()
  #searchedAt = -Infinity

  constructor ({ algorithms, keyCooldown, maxKeyAge, maxKeyStale }: IssuerOptions, transport: Transport, metadata: Metadata) {
    this.#transport = transport
    this.#metadata = metadata
    this.#algorithms = algorithms
    this.#cooldown = keyCooldown * 1000
    this.#keys = new Refreshed({ load: () => this.#load(), maxAge: maxKeyAge * 1000, maxStale: maxKeyStale * 1000, pause: PAUSE })
  }

  /** Called when a key is gone or another: what was found good by it is not any more. */
  onWithdrawal (listener: () => void): void {
    this.#listeners.push(listener)
  }

  /**
   * The key of that name; `undefined` when the issuer has none. One that is not known yet is asked for once, and not again
   * for a while, whoever asks for whatever else: names in tokens are anybody's.
   *
   * @throws IssuerUnavailable, at once or later, when it cannot be asked
   */
  find (kid: string): Key | undefined | Promise<Key | undefined> {
    const keys = this.#keys.get()
    if (keys instanceof Promise) return keys.then(loaded => loaded.get(kid))
    return keys.get(kid) ?? this.#search(kid)
  }

  #search (kid: string): undefined | Promise<Key | undefined> {
    const isNew = this.#keys.pending === undefined
    if (isNew && Date.now() - this.#searchedAt < this.#cooldown) return undefined
    return this.#keys.refresh().then(keys => {
      // A failure is no search: those who come next are told of it, too.
      if (isNew) this.#searchedAt = Date.now()
      return keys.get(kid)
    })
  }

  async #load (): Promise<Keys> {
    const { jwks_uri: url } = await this.#metadata.get('jwks')
    const response = await this.#transport.ask(String(url), { headers: { accept: 'application/json, application/jwk-set+json' } })
    if (response.status !== 200) throw new APIKIT_ERR_OPENID_REFUSED(`${response.status} for its keys`)
    const keys = readKeys(await jsonOf(response), this.#algorithms)
    const before = this.#current
    this.#current = keys
    if ([...before].some(([kid, { pem }]) => keys.get(kid)?.pem !== pem)) for (const listener of this.#listeners) listener()
    return keys
  }
}

async function jsonOf (response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw Object.assign(new APIKIT_ERR_OPENID_ANSWER('its keys are no JSON'), { cause })
  }
}

/** Keys that cannot sign by one of the algorithms are passed over: a set may hold keys for other ends. */
function readKeys (set: unknown, algorithms: readonly string[]): Keys {
  const list: unknown = Object(set).keys
  if (!Array.isArray(list)) throw new APIKIT_ERR_OPENID_ANSWER('it has no list of keys')
  const keys = new Map<string, Key>()
  for (const jwk of list.slice(0, MAX_KEYS)) {
    const { kid, alg, use, kty, crv }: Record<string, unknown> = Object(jwk)
    const possible = KINDS[String(kty === 'RSA' ? kty : crv)] ?? []
    const taken = possible.filter(algorithm => algorithms.includes(algorithm) && (alg === undefined || alg === algorithm))
    if (typeof kid !== 'string' || (use !== undefined && use !== 'sig') || taken.length === 0) continue
    const key = importKey(jwk)
    if (key !== undefined) keys.set(kid, { pem: String(key.export({ type: 'spki', format: 'pem' })), algorithms: taken })
  }
  return keys
}

function importKey (jwk: JsonWebKey): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const { modulusLength = Infinity }: { modulusLength?: number } = Object(key.asymmetricKeyDetails)
    return modulusLength < MIN_RSA_BITS ? undefined : key
  } catch {
    return undefined // no key at all
  }
}
