/**
 * How deep the containers of a JSON text stand in one another, without reading the text: `JSON.parse` has no limit.
 *
 * @module
 */

/** Where the string that begins at `at` ends; the end of the text when it does not. */
function endOfString (text: string, at: number): number {
  let end = at
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return end
  }
}

/** Whether more than `max` containers stand in one another. Texts that are not JSON may be misjudged. */
export function isNestedDeeper (text: string, max: number): boolean {
  // Each of them takes two characters.
  if (text.length <= 2 * max) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: at = endOfString(text, at); break
      case 0x5b: case 0x7b: if (++depth > max) return true; break
      case 0x5d: case 0x7d: depth--
    }
  }
  return false
}
