/**
 * Punycode: the labels of host names in ASCII. Unlike `node:url`, it leaves the choice of characters to others.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc3492
 */

const [BASE, T_MIN, T_MAX, SKEW, DAMP] = [36, 1, 26, 38, 700]
const FIRST_CODE = 0x80
const LAST_CODE = 0x10ffff

/** Far beyond the last character at the last place; what is larger than a number holds is not reckoned with. */
const MAX_INDEX = 2 ** 40
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** How the next number is cut into digits, by the size of the last one: RFC 3492, 6.1. */
function adapt (delta: number, count: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2))
  rest += Math.floor(rest / count)
  let bias = 0
  for (; rest > (BASE - T_MIN) * T_MAX / 2; bias += BASE) rest = Math.floor(rest / (BASE - T_MIN))
  return bias + Math.floor((BASE - T_MIN + 1) * rest / (rest + SKEW))
}

function threshold (position: number, bias: number): number {
  return Math.min(T_MAX, Math.max(T_MIN, position - bias))
}

/** The Punycode of a label, without `xn--`. */
export function toPunycode (label: string): string {
  const codes = [...label].map(char => Number(char.codePointAt(0)))
  const basic = codes.filter(code => code < FIRST_CODE)
  let text = String.fromCodePoint(...basic) + (basic.length > 0 ? '-' : '')
  let [done, delta, bias, last] = [basic.length, 0, 72, FIRST_CODE - 1]
  for (const code of [...new Set(codes)].sort((a, b) => a - b)) {
    if (code < FIRST_CODE) continue
    delta += (code - last - 1) * (done + 1)
    for (const other of codes) {
      if (other < code) delta++
      if (other !== code) continue
      let rest = delta
      for (let position = BASE; ; position += BASE) {
        const limit = threshold(position, bias)
        if (rest < limit) break
        text += DIGITS.charAt(limit + (rest - limit) % (BASE - limit))
        rest = Math.floor((rest - limit) / (BASE - limit))
      }
      text += DIGITS.charAt(rest)
      bias = adapt(delta, done + 1, done === basic.length)
      delta = 0
      done++
    }
    delta++
    last = code
  }
  return text
}

/** The label of a Punycode, in lower case and without `xn--`; undefined when it is none. */
export function fromPunycode (text: string): string | undefined {
  const dash = text.lastIndexOf('-')
  const codes = [...text.slice(0, Math.max(0, dash))].map(char => char.charCodeAt(0))
  let [code, index, bias, at] = [FIRST_CODE, 0, 72, dash + 1]
  while (at < text.length) {
    const before = index
    for (let [weight, position] = [1, BASE]; ; position += BASE) {
      const digit = DIGITS.indexOf(text.charAt(at++) || '-')
      if (digit < 0 || index > MAX_INDEX) return undefined
      index += digit * weight
      const limit = threshold(position, bias)
      if (digit < limit) break
      weight *= BASE - limit
    }
    const count = codes.length + 1
    bias = adapt(index - before, count, before === 0)
    code += Math.floor(index / count)
    if (code > LAST_CODE) return undefined
    index %= count
    codes.splice(index++, 0, code)
  }
  return String.fromCodePoint(...codes)
}
