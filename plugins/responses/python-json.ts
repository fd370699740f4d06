/**
 * JSON as Python's `json.dumps` writes it: what FastAPI sends of an item that no schema describes.
 *
 * @module
 */

// A string, or what stands between strings; a string never contains a quote that is not escaped.
const STRING_OR_SEPARATOR = /"(?:[^"\\]|\\.)*"|[,:]/g

/** Control characters are escaped in JSON already, but for DEL. */
const UNPRINTABLE = /[^ -~]/g

/** Puts a blank behind `,` and `:`, and escapes all that is no printable ASCII. */
export function asPython (json: string): string {
  return json.replace(STRING_OR_SEPARATOR, part => part.length === 1 ? `${part} ` : part.replace(UNPRINTABLE, escape))
}

/** A code unit: what is beyond 16 bits has two, and Python escapes both. */
function escape (unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
