/**
 * Hashes passwords with Argon2id, and verifies hashes of older systems.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import { parseOptions } from '../core/options.ts'
import { APIKIT_ERR_INVALID_OPTIONS } from '../core/errors.ts'
import { type HashingOptions, hashingQueue } from './hashing-queue.ts'
import { argon2Decoy, argon2idCost, hashArgon2id, readHash, type StoredHash } from './password-hashes.ts'

const OWNER = 'fastify-apikit/security: Passwords'

export const PasswordOptions = Type.Object({
  memoryCost: Type.Integer({ default: 19_456, minimum: 8, description: 'Memory of a new hash, in KiB. At least 8 for each lane.' }),
  timeCost: Type.Integer({ default: 2, minimum: 1, description: 'Passes over the memory for a new hash.' }),
  parallelism: Type.Integer({ default: 1, minimum: 1, maximum: 255, description: 'Lanes of a new hash.' }),
  maxLength: Type.Integer({ default: 4096, minimum: 64, description: 'Maximum password length, in UTF-16 code units. `hash()` throws on longer passwords, `verify()` rejects them without hashing.' }),
  maxQueue: Type.Integer({ default: 100, minimum: 0, description: 'Maximum number of hashes that wait in the process. Further ones are refused with 503.' }),
  maxMemoryCost: Type.Integer({ default: 262_144, minimum: 8, description: 'Maximum memory of a stored Argon2 or scrypt hash, in KiB.' }),
  maxTimeCost: Type.Integer({ default: 10, minimum: 1, description: 'Maximum number of passes of a stored Argon2 hash.' }),
  maxParallelism: Type.Integer({ default: 16, minimum: 1, maximum: 255, description: 'Maximum number of lanes of a stored Argon2 hash.' }),
  maxScryptCost: Type.Integer({ default: 4_194_304, minimum: 2, description: 'Maximum N × r × p of a stored scrypt hash.' }),
  maxBcryptCost: Type.Integer({ default: 14, minimum: 4, maximum: 31, description: 'Maximum cost of a stored bcrypt hash, as a power of two.' }),
  truncateBcrypt: Type.Boolean({ default: false, description: 'Compare the first 72 bytes of longer passwords with bcrypt hashes, as most older systems did. By default longer passwords do not match.' })
}, { additionalProperties: false })

/** Every option has a default. New hashes have the first parameters that OWASP recommends for Argon2id. */
export type PasswordOptions = Partial<Static<typeof PasswordOptions>>

/** Result of `verifyAndUpdate`. */
export interface PasswordCheck {
  readonly valid: boolean
  /** Hash to store in place of the old one, which has another algorithm or a lower cost. `undefined` if the password is wrong. */
  readonly newHash: string | undefined
}

/** Number of foreign algorithms and costs that an unknown user is compared with, besides that of new hashes. */
const MAX_DECOYS = 3

/**
 * Hashes and verifies passwords. Hashes run outside of the event loop, a few at a time in the whole process. The others wait in a queue.
 *
 * ```ts
 * const passwords = new Passwords({ memoryCost: 65_536 })
 * const hash = await passwords.hash('secret')
 * await passwords.verify('secret', hash) // true
 * ```
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export class Passwords {
  readonly #options: Static<typeof PasswordOptions>
  /** Costs of a wrong password, for any hash: that of new hashes, then the last seen of others. */
  readonly #decoys: Set<string>

  /** @throws APIKIT_ERR_INVALID_OPTIONS also when new hashes would exceed the limits for stored ones */
  constructor (options: PasswordOptions = {}) {
    this.#options = parseOptions(OWNER, PasswordOptions, options)
    const decoy = argon2Decoy(this.#options)
    this.#decoys = new Set([decoy])
    try {
      readHash(decoy, this.#options)
    } catch (cause) {
      throw Object.assign(new APIKIT_ERR_INVALID_OPTIONS(OWNER, `new hashes could not be verified. ${String(Object(cause).message)}`), { cause })
    }
  }

  /**
   * Returns a hash to store: `$argon2id$…`, with its salt and its cost.
   *
   * @throws RangeError when the password is longer than `maxLength`
   * @throws ServiceUnavailable with `retry-after` when `maxQueue` hashes wait already
   * @throws APIKIT_ERR_MISSING_PEER without the package @node-rs/argon2
   */
  async hash (password: string, options: HashingOptions = {}): Promise<string> {
    const { maxLength, maxQueue } = this.#options
    if (password.length > maxLength) throw new RangeError(`a password must have at most ${maxLength} characters`)
    return await hashingQueue.run(() => this.#hash(password), maxQueue, options)
  }

  /**
   * Returns whether a password matches a stored hash: of Argon2, bcrypt (needs `@node-rs/bcrypt`) or scrypt. Pass `undefined`
   * for a user that does not exist: that takes as long as a wrong password, so the time does not tell who exists.
   *
   * ```ts
   * const user = users.get(form.username)
   * const isRight = await password.verify(form.password, user?.hashedPassword, { signal: clientSignal(reply) })
   * if (user === undefined || !isRight) throw new Unauthorized('Incorrect username or password')
   * ```
   *
   * @throws APIKIT_ERR_PASSWORD_HASH when the hash is malformed or exceeds the limits; nothing is hashed then
   * @throws ServiceUnavailable with `retry-after` when `maxQueue` hashes wait already
   * @throws APIKIT_ERR_MISSING_PEER without the package that the algorithm needs
   */
  async verify (password: string, hash: string | null | undefined, options: HashingOptions = {}): Promise<boolean> {
    return (await this.#check(password, hash, options, false)).valid
  }

  /**
   * Verifies a password as `verify` does, and makes a new hash when the stored one should be replaced.
   *
   * ```ts
   * const { valid, newHash } = await password.verifyAndUpdate(form.password, user?.hashedPassword)
   * if (newHash !== undefined) await users.store(user, newHash)
   * ```
   *
   * @throws What `verify` throws.
   */
  async verifyAndUpdate (password: string, hash: string | null | undefined, options: HashingOptions = {}): Promise<PasswordCheck> {
    return await this.#check(password, hash, options, true)
  }

  /** Returns whether a hash has another algorithm than new ones, or a lower cost. */
  needsRehash (hash: string): boolean {
    const cost = argon2idCost(hash)
    if (cost === undefined) return true
    const { memoryCost, timeCost, parallelism } = this.#options
    return cost.memoryCost < memoryCost || cost.timeCost < timeCost || cost.parallelism !== parallelism
  }

  /** Takes one place in the queue for both steps, so that a right password does not fail when the queue is full. */
  async #check (password: string, hash: string | null | undefined, options: HashingOptions, update: boolean): Promise<PasswordCheck> {
    const stored = hash == null ? undefined : readHash(hash, this.#options)
    if (password.length > this.#options.maxLength) return { valid: false, newHash: undefined }

    return await hashingQueue.run(async () => {
      const valid = await this.#matches(password, stored, options)
      return { valid, newHash: valid && update && this.needsRehash(String(hash)) ? await this.#hash(password) : undefined }
    }, this.#options.maxQueue, options)
  }

  /** A wrong password waits for each known cost once: that of the stored hash and the others. */
  async #matches (password: string, stored: StoredHash | undefined, { signal }: HashingOptions): Promise<boolean> {
    const isRight = await stored?.matches(password)
    if (stored !== undefined) this.#remember(stored.decoy) // Not before: its package may be missing.
    if (isRight === true) return true
    for (const decoy of this.#decoys) {
      signal?.throwIfAborted()
      if (decoy !== stored?.decoy) await readHash(decoy, this.#options).matches(password)
    }
    return false
  }

  #remember (decoy: string): void {
    const [own] = this.#decoys
    if (decoy === own) return
    this.#decoys.delete(decoy)
    this.#decoys.add(decoy)
    const [, oldest = ''] = this.#decoys
    if (this.#decoys.size > MAX_DECOYS + 1) this.#decoys.delete(oldest)
  }

  async #hash (password: string): Promise<string> {
    const { memoryCost, timeCost, parallelism } = this.#options
    return await hashArgon2id(password, { memoryCost, timeCost, parallelism })
  }
}

/** Hashes and verifies passwords with the default options. */
export const password: Passwords = new Passwords()
