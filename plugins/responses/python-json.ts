/**
 * Writes JSON as Python's `json.dumps` does, which FastAPI uses for items without a schema.
 *
 * @module
 */

// A string, or the text between strings. A string contains no unescaped quote.
const STRING_OR_SEPARATOR = /"(?:[^"\\]|\\.)*"|[,:]/g

/** JSON escapes control characters already, except DEL. */
const UNPRINTABLE = /[^ -~]/g

/** Adds a space after `,` and `:`, and escapes everything but printable ASCII. */
export function asPython (json: string): string {
  return json.replace(STRING_OR_SEPARATOR, part => part.length === 1 ? `${part} ` : part.replace(UNPRINTABLE, escape))
}

/** A code unit. Characters above 16 bits have two, and Python escapes both. */
function escape (unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
