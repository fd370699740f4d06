/**
 * The `Range` header, as Starlette reads it.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14
 */

/** From one byte to the one before another. */
export type ByteRange = readonly [start: number, end: number]

/** Why a header names nothing that can be sent. */
export interface RangeProblem {
  readonly status: 400 | 416
  readonly text: string
}

/** More are not looked at, as RFC 9110 advises: the whole file is sent. */
const MOST_RANGES = 100

const INTEGER = /^[+-]?\d+$/

function malformed (text: string): RangeProblem {
  return { status: 400, text }
}

/**
 * The ranges of a file that are asked for, those that meet made one; or why there are none. Of more than a hundred there
 * are none: then the whole file is meant.
 *
 * @param size bytes of the file
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

/** What is no range is passed over. */
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
