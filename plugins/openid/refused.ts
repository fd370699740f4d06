import type { InvalidTokenCode } from '../jwt/index.ts'

/** The claims of a token, not parsed by a schema. */
export type RawClaims = Readonly<Record<string, unknown>>

/** A rejected token, as a value that can be cached. */
export class Refused {
  readonly code: InvalidTokenCode
  /** Details for the log. */
  readonly reason: string | undefined

  constructor (code: InvalidTokenCode, reason?: string) {
    this.code = code
    this.reason = reason
  }
}
