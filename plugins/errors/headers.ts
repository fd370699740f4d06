import { validateHeaderName, validateHeaderValue } from 'node:http'

// They describe the body that was to be sent, or the connection: ours is another.
const FRAMING = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'trailer', 'upgrade'])

// They say what the body is, who the client is, where it goes and which pages may read the answer: for the app to decide.
const RESERVED = new Set(['content-type', 'set-cookie', 'location'])

/** Returns whether a header is valid: a token, and a value without CR, LF or NUL (RFC 9110 §5.1, §5.5). */
export function isSendable (name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.every(one => typeof one === 'string' && isSendable(name, one))
  if (typeof value !== 'string') return false
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}

/** Returns the headers that can be sent with another body. Arrays (set-cookie) are kept. */
export function sendable (headers: object): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, given] of Object.entries(headers)) {
    const value = typeof given === 'number' ? String(given) : given
    if (isSendable(name, value) && !FRAMING.has(name.toLowerCase())) kept[name] = value
  }
  return kept
}

/** Returns the headers that errors other than `HttpError` may set. */
export function harmless (headers: unknown): Record<string, string> {
  const kept = Object.entries(sendable(Object(headers)))
  return Object.fromEntries(kept.filter(([name]) => !RESERVED.has(name.toLowerCase()) && !/^access-control-/i.test(name)))
}
