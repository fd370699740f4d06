import type { Claims, Validity } from './claims.ts'

/** The claims of a verified token, and when they are valid. */
export interface VerifiedToken extends Validity {
  readonly claims: Claims
}

/** Verified tokens. When it is full, the oldest is removed. */
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
