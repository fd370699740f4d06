import { validateHeaderName, validateHeaderValue } from 'node:http'

// They describe the body that was to be sent, or the connection: ours is another.
const FRAMING = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'trailer', 'upgrade'])

/** Whether a header can be sent: a token, and a value without CR, LF or NUL (RFC 9110 §5.1, §5.5). */
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

/** Those of some headers that can go out with an answer of ours. A list (set-cookie) is as good as a string to all who send it. */
export function sendable (headers: object): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, given] of Object.entries(headers)) {
    const value = typeof given === 'number' ? String(given) : given
    if (isSendable(name, value) && !FRAMING.has(name.toLowerCase())) kept[name] = value
  }
  return kept
}
