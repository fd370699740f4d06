/**
 * Parses query strings with invalid percent-encoding: what cannot be decoded is kept, and bytes
 * that are not UTF-8 become U+FFFD, as in Python.
 *
 * @module
 * @see https://docs.python.org/3/library/urllib.parse.html#urllib.parse.parse_qsl
 */

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/
const HIGH_ESCAPE = /%[89a-fA-F]/

/** Returns whether strict decoders disagree with Python about a query string. */
export function isMalformedQuery (query: string): boolean {
  if (!query.includes('%')) return false
  if (BAD_ESCAPE.test(query)) return true
  if (!HIGH_ESCAPE.test(query)) return false
  try {
    decodeURIComponent(query)
    return false
  } catch {
    return true
  }
}

function decode (text: string): string {
  return text.replaceAll('+', ' ').replaceAll(/(?:%[0-9a-fA-F]{2})+/g, escapes => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())
}

/** Returns values by name, repeated ones as an array. The object has no prototype. */
export function parseQuery (query: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null)
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    const before = values[name]
    // Pushed, not copied: a key may be repeated thousands of times.
    if (before === undefined) values[name] = value
    else if (typeof before === 'string') values[name] = [before, value]
    else before.push(value)
  }
  return values
}
