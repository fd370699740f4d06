/**
 * What a backtracking engine, such as that of JavaScript, may take for a pattern.
 *
 * @module
 */

/** One character, and how often it may stand there. */
interface Atom {
  readonly source: string
  readonly min: number
  readonly max: number
}

// An escape, a class, or a character that stands for itself; then its quantifier.
const ATOM = /(\\[dDwWsStnrfv]|\\[^\w\s]|\[\^?(?:\\[dDwWsStnrfv]|\\[^\w\s]|[^\\[\]])+\]|[^\\[\](){}*+?|^$])([*+?]|\{\d+(?:,\d*)?\})?/uy

function repeated (source: string, quantifier = '{1}'): Atom {
  if (quantifier === '*') return { source, min: 0, max: Infinity }
  if (quantifier === '+') return { source, min: 1, max: Infinity }
  if (quantifier === '?') return { source, min: 0, max: 1 }
  const [min, max = min] = quantifier.slice(1, -1).split(',')
  return { source, min: Number(min), max: max === '' ? Infinity : Number(max) }
}

/** The characters in a row that a plain pattern is made of; `undefined` for any other pattern. */
function atomsOf (source: string): Atom[] | undefined {
  const end = source.endsWith('$') ? source.length - 1 : source.length
  const atoms: Atom[] = []
  let at = source.startsWith('^') ? 1 : 0
  while (at < end) {
    ATOM.lastIndex = at
    const match = ATOM.exec(source)
    if (match === null) return undefined
    at = ATOM.lastIndex
    atoms.push(repeated(match[1] as string, match[2]))
  }
  return at === end ? atoms : undefined
}

/** Whether an atom may be a character beyond ASCII. */
// eslint-disable-next-line no-control-regex
const BEYOND = /[^\u0000-\u007f]|\\[DWSs]|^\[\^|^\.$/

const ASCII = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit))

function areDisjoint (one: Atom, other: Atom): boolean {
  if (BEYOND.test(one.source) && BEYOND.test(other.source)) return false
  const [first, second] = [one, other].map(({ source }) => new RegExp(`^${source}$`, 'u')) as [RegExp, RegExp]
  return !ASCII.some(char => first.test(char) && second.test(char))
}

/** Whether the character behind a repeated one tells that it ends: then there is one way to match a text. */
function isTold (atom: Atom, index: number, atoms: readonly Atom[]): boolean {
  if (atom.min === atom.max) return true
  const rest = atoms.slice(index + 1)
  const required = rest.findIndex(({ min }) => min > 0)
  return (required < 0 ? rest : rest.slice(0, required + 1)).every(next => areDisjoint(atom, next))
}

/** Steps for a whole text that take no noticeable time. */
const MOST_AT_ALL = 10_000

/** Steps for one character of the text, at most; `Infinity` where the number is not known. */
export function stepsOf (source: string): number {
  const atoms = atomsOf(source)
  if (atoms === undefined) return Infinity
  const endless = atoms.filter(({ max }) => max === Infinity).length
  const length = atoms.reduce((sum, { max }) => sum + max, 0)
  const isToldThroughout = atoms.every(isTold)
  const ways = isToldThroughout ? 1 : atoms.reduce((product, { min, max }) => product * (max === Infinity ? 1 : max - min + 1), 1)
  // Tried from every character, over its whole length in each of its ways.
  if (!source.startsWith('^')) return ways * length
  if (isToldThroughout || (endless === 0 && ways * length <= MOST_AT_ALL)) return 1
  return endless === 1 ? ways : Infinity
}
