/**
 * A step of a migration.
 *
 * @module
 */

/** Lines that do something, and those that undo it. */
export interface Step {
  readonly up: readonly string[]
  readonly down: readonly string[]
}

/** A comment: what stands in it comes from the database, and stays in one line. */
export function comment (text: string): string {
  return `// ${text.replaceAll(/[\n\r\u2028\u2029]+/g, ' ')}`
}
