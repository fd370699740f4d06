/**
 * Cookies as FastAPI reads them: it takes more than RFC 6265 allows, and undoes what Python's quoting does.
 *
 * @module
 * @see https://github.com/python/cpython/blob/3.11/Lib/http/cookies.py
 */

/** Undoes double quotes around a value, and `\"` and `\054` within. */
function unquote (value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value
  return value.slice(1, -1).replaceAll(/\\(?:([0-3][0-7][0-7])|(.))/g,
    (_escape, octal, char) => octal === undefined ? char : String.fromCharCode(parseInt(octal, 8)))
}

/** Values by name; of a name that comes twice the last. The object has no prototype. */
export function parseCookies (header: string): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null)
  for (const chunk of header.split(';')) {
    const equals = chunk.indexOf('=')
    // A part without `=` is the value of a cookie without name.
    const name = equals < 0 ? '' : chunk.slice(0, equals).trim()
    const value = chunk.slice(equals + 1).trim()
    if (name !== '' || value !== '') cookies[name] = unquote(value)
  }
  return cookies
}
