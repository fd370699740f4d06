/**
 * Passwords as hashes: made by Argon2id, compared with those of older systems too.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import { parseOptions } from '../core/options.ts'
import { argon2idCost, hashArgon2id, matches } from './password-hashes.ts'

const PasswordOptions = Type.Object({
  memoryCost: Type.Integer({ default: 19_456, minimum: 8, description: 'KiB of memory for one hash.' }),
  timeCost: Type.Integer({ default: 2, minimum: 1, description: 'Passes over it.' }),
  parallelism: Type.Integer({ default: 1, minimum: 1, maximum: 255, description: 'Lanes.' }),
  maxLength: Type.Integer({ default: 4096, minimum: 64, description: 'Characters of a password; a longer one is nobody’s.' })
}, { additionalProperties: false })

/** Every option has a default, the first recommendation of OWASP for Argon2id. */
export type PasswordOptions = Partial<Static<typeof PasswordOptions>>

/** What came of comparing a password. */
export interface PasswordCheck {
  readonly valid: boolean
  /** A hash to be stored in place of the old one: of another kind, or too cheap by now. Only for a valid password. */
  readonly newHash: string | undefined
}

/**
 * Makes and compares hashes of passwords. The work is done beside the event loop.
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
  /** Of no password: what an unknown user is compared with. */
  #nobody: Promise<string> | undefined

  /** @throws APIKIT_ERR_INVALID_OPTIONS */
  constructor (options: PasswordOptions = {}) {
    this.#options = parseOptions('fastify-apikit/security: Passwords', PasswordOptions, options)
  }

  /**
   * @returns `$argon2id$…`, with its salt and its cost
   * @throws RangeError when the password is longer than `maxLength`
   * @throws APIKIT_ERR_MISSING_PEER without the package @node-rs/argon2
   */
  async hash (password: string): Promise<string> {
    const { maxLength, memoryCost, timeCost, parallelism } = this.#options
    if (password.length > maxLength) throw new RangeError(`a password has at most ${maxLength} characters`)
    return await hashArgon2id(password, { memoryCost, timeCost, parallelism })
  }

  /**
   * Compares a password with a stored hash: of Argon2, bcrypt (with bcryptjs) or scrypt. Without a hash, which is what
   * an unknown user has, the same work is done, and the answer is `false`: how long it takes does not tell who exists.
   *
   * ```ts
   * const user = users.get(form.username)
   * if (!await password.verify(form.password, user?.hashedPassword)) throw new Unauthorized('Incorrect username or password')
   * ```
   *
   * @throws APIKIT_ERR_PASSWORD_HASH when the hash is of no kind that is known
   * @throws APIKIT_ERR_MISSING_PEER without the package that its kind needs
   */
  async verify (password: string, hash: string | null | undefined): Promise<boolean> {
    const nobody = await (this.#nobody ??= this.hash(''))
    if (password.length > this.#options.maxLength) return false
    if (hash == null) return await matches(password, nobody) && false
    return await matches(password, hash)
  }

  /**
   * As `verify`, and makes a new hash when the stored one should be replaced.
   *
   * ```ts
   * const { valid, newHash } = await password.verifyAndUpdate(form.password, user?.hashedPassword)
   * if (newHash !== undefined) await users.store(user, newHash)
   * ```
   *
   * @throws as `verify`
   */
  async verifyAndUpdate (password: string, hash: string | null | undefined): Promise<PasswordCheck> {
    const valid = await this.verify(password, hash)
    return { valid, newHash: valid && this.needsRehash(String(hash)) ? await this.hash(password) : undefined }
  }

  /** Whether a hash is of another kind than those made here, or cost less than they do now. */
  needsRehash (hash: string): boolean {
    const cost = argon2idCost(hash)
    if (cost === undefined) return true
    const { memoryCost, timeCost, parallelism } = this.#options
    return cost.memoryCost < memoryCost || cost.timeCost < timeCost || cost.parallelism !== parallelism
  }
}

/** With the defaults. */
export const password: Passwords = new Passwords()
