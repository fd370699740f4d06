/**
 * What breaks a client.
 *
 * @module
 */

/** A breaking change. */
export interface BreakingChange {
  /** Location: `POST /items, body, price`. */
  readonly at: string
  /** The change: `is required now`. */
  readonly change: string
}
