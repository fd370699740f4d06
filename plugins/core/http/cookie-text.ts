/**
 * Cookies as FastAPI reads them: it takes more than RFC 6265 allows, and undoes what Python's quoting does.
 *
 * @module
 * @see https://github.com/python/cpython/blob/3.11/Lib/http/cookies.py
 */

/** Removes double quotes around a value, and unescapes `\"` and `\054` in it. */
function unquote (value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value
  return value.slice(1, -1).replaceAll(/\\(?:([0-3][0-7][0-7])|(.))/g,
    (_escape, octal, char) => octal === undefined ? char : String.fromCharCode(parseInt(octal, 8)))
}

// RFC 6265 §4.2.1 has these blanks alone. Cut off a U+00A0, and what another site could set would pass for `__Host-a`.
const BLANK = new Set([' ', '\t'])

function trim (text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && BLANK.has(text.charAt(start))) start++
  while (end > start && BLANK.has(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** Parses a `Cookie` header into values by name. The last of repeated names wins. The object has no prototype. */
export function parseCookies (header: string): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null)
  for (const chunk of header.split(';')) {
    const equals = chunk.indexOf('=')
    // A part without `=` is the value of a cookie without name.
    const name = equals < 0 ? '' : trim(chunk.slice(0, equals))
    const value = trim(chunk.slice(equals + 1))
    if (name !== '' || value !== '') cookies[name] = unquote(value)
  }
  return cookies
}
