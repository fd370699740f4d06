import type { Claims, Validity } from './claims.ts'

/** A token that was right once, and how long it is. */
export interface VerifiedToken extends Validity {
  readonly claims: Claims
}

/** The tokens that were seen last; of too many, the oldest goes. */
export class VerifiedTokens {
  readonly #byToken = new Map<string, VerifiedToken>()
  readonly #size: number

  constructor (size: number) {
    this.#size = size
  }

  get (token: string): VerifiedToken | undefined {
    return this.#byToken.get(token)
  }

  add (token: string, verified: VerifiedToken): void {
    if (this.#size === 0) return
    if (this.#byToken.size >= this.#size) this.#byToken.delete(this.#byToken.keys().next().value as string)
    this.#byToken.set(token, verified)
  }

  clear (): void {
    this.#byToken.clear()
  }
}
