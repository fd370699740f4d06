/**
 * JSON with all digits of its integers.
 *
 * @module
 */

/** `JSON.parse` with the source text of a number, newer than TypeScript's library of it. */
interface SourceJson {
  parse (text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
}

/** Reads an answer: integers that a number would round are `bigint`. */
export function parseExactly (text: string): unknown {
  return (JSON as never as SourceJson).parse(text, (_key, value, { source }) => {
    return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(source)) ? BigInt(String(source)) : value
  })
}

/** JSON text of a value that may have a `bigint`. */
export function writeExactly (value: unknown): string {
  return String(JSON.stringify(value, (_key, part) => typeof part === 'bigint' ? `${part}n` : part))
}
