/**
 * What is wrong with an address of the Internet, in the words of Python's `ipaddress`.
 *
 * @module
 * @see https://docs.python.org/3/library/ipaddress.html
 */

/** What is wrong with an IPv4 address of digits and periods. */
export function ipv4Problem (text: string): string | undefined {
  const octets = text.split('.')
  if (octets.length !== 4) return `Expected 4 octets in '${text}'`
  for (const octet of octets) {
    if (octet === '') return `Empty octet not permitted in '${text}'`
    if (!/^\d+$/.test(octet)) return `Only decimal digits permitted in '${octet}' in '${text}'`
    if (octet.length > 3) return `At most 3 characters permitted in '${octet}' in '${text}'`
    if (octet !== '0' && octet.startsWith('0')) return `Leading zeros are not permitted in '${octet}' in '${text}'`
    if (Number(octet) > 255) return `Octet ${Number(octet)} (> 255) not permitted in '${text}'`
  }
  return undefined
}

const LEADING = "Leading ':' only permitted as part of '::'"
const TRAILING = "Trailing ':' only permitted as part of '::'"

/** Whether `::` stands for as many parts as are missing. */
function lengthProblem (parts: readonly string[]): string | undefined {
  const [first, last] = [parts[0], parts.at(-1)]
  const gap = parts.slice(1, -1).indexOf('') + 1
  if (gap === 0) {
    if (parts.length !== 8) return "Exactly 8 parts expected without '::'"
    return first === '' ? LEADING : last === '' ? TRAILING : undefined
  }
  if (parts.slice(1, -1).lastIndexOf('') + 1 !== gap) return "At most one '::' permitted"
  if (first === '' && gap > 1) return LEADING
  if (last === '' && gap < parts.length - 2) return TRAILING
  return parts.filter(part => part !== '').length > 7 ? "Expected at most 7 other parts with '::'" : undefined
}

/** What is wrong with an IPv6 address, which may end in an IPv4 address. */
export function ipv6Problem (text: string): string | undefined {
  if (text === '') return 'Address cannot be empty'
  const parts = text.split(':')
  if (parts.length < 3) return `At least 3 parts expected in '${text}'`
  const end = String(parts.at(-1))
  if (end.includes('.')) {
    const problem = ipv4Problem(end)
    if (problem !== undefined) return `${problem} in '${text}'`
    parts.splice(-1, 1, '0', '0')
  }
  if (parts.length > 9) return `At most 8 colons permitted in '${text}'`
  const misplaced = lengthProblem(parts)
  if (misplaced !== undefined) return `${misplaced} in '${text}'`
  for (const part of parts) {
    if (!/^[\da-f]*$/i.test(part)) return `Only hex digits permitted in '${part}' in '${text}'`
    if (part.length > 4) return `At most 4 characters permitted in '${part}' in '${text}'`
  }
  return undefined
}
