/**
 * Parses the `Range` header as Starlette does.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14
 */

/** From one byte up to, not including, another. */
export type ByteRange = readonly [start: number, end: number]

/** Thrown when a header has no satisfiable range. */
export interface RangeProblem {
  readonly status: 400 | 416
  readonly text: string
}

/** With more ranges, the whole file is sent, as RFC 9110 advises. */
const MOST_RANGES = 100

const INTEGER = /^[+-]?\d+$/

function malformed (text: string): RangeProblem {
  return { status: 400, text }
}

/**
 * Returns the requested ranges of a file, with overlapping ones merged, or the reason why there are none. More than a
 * hundred ranges count as none: the whole file is sent.
 *
 * @param size Size of the file in bytes.
 */
export function parseRanges (header: string, size: number): readonly ByteRange[] | RangeProblem {
  const equals = header.indexOf('=')
  if (equals < 0) return malformed('Malformed range header.')
  if (header.slice(0, equals).trim().toLowerCase() !== 'bytes') return malformed('Only support bytes range')

  const parts = header.slice(equals + 1).split(',')
  if (parts.length > MOST_RANGES) return []
  const ranges = parts.map(part => parseRange(part, size)).filter(range => range !== undefined)
  if (ranges.length === 0) return malformed('Range header: range must be requested')
  if (ranges.some(([start]) => start < 0 || start >= size)) return { status: 416, text: '' }
  if (ranges.some(([start, end]) => start >= end)) return malformed('Range header: start must be less than end')
  return merged(ranges)
}

/** An invalid range is skipped. */
function parseRange (part: string, size: number): ByteRange | undefined {
  const dash = part.indexOf('-')
  if (dash < 0) return undefined
  const [first, last] = [part.slice(0, dash).trim(), part.slice(dash + 1).trim()]
  if ((first === '' && last === '') || [first, last].some(text => text !== '' && !INTEGER.test(text))) return undefined
  if (first === '') return [Math.max(size - Number(last), 0), size]
  return [Number(first), last !== '' && Number(last) < size ? Number(last) + 1 : size]
}

function merged (ranges: readonly ByteRange[]): ByteRange[] {
  const result: ByteRange[] = []
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1)
    if (last === undefined || start > last[1]) result.push([start, end])
    else result[result.length - 1] = [last[0], Math.max(last[1], end)]
  }
  return result
}
