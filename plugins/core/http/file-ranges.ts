/**
 * Answers requests for parts of a file, as Starlette's FileResponse does.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14
 */

import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type ByteRange, parseRanges } from './byte-ranges.ts'

/** Headers of a file that say nothing about an error: they are not sent with one. */
export const FILE_HEADERS = ['accept-ranges', 'last-modified', 'etag', 'content-disposition', 'cache-control']

/** A file, and its status. */
export interface RangedFile {
  readonly path: string
  readonly size: number
  readonly contentType: string
}

export interface RangeAnswer {
  readonly status: 206 | 400 | 416
  readonly contentType: string
  readonly contentRange?: string
  /** Length of the body in bytes. */
  readonly length: number
  body (): Readable
}

/**
 * Returns the answer to a `Range` header, or `undefined` if the whole file is to be sent.
 *
 * @param header value of the header
 */
export function rangeAnswer (header: string, file: RangedFile): RangeAnswer | undefined {
  const ranges = parseRanges(header, file.size)
  if ('status' in ranges) {
    const { status, text } = ranges
    return { status, contentType: 'text/plain; charset=utf-8', ...status === 416 && { contentRange: `bytes */${file.size}` }, length: text.length, body: () => Readable.from([text]) }
  }
  const [first, second] = ranges
  if (first === undefined) return undefined
  if (second !== undefined) return partsAnswer(file, ranges)
  const [start, end] = first
  return {
    status: 206,
    contentType: file.contentType,
    contentRange: contentRange(first, file),
    length: end - start,
    body: () => createReadStream(file.path, { start, end: end - 1 })
  }
}

function contentRange ([start, end]: ByteRange, { size }: RangedFile): string {
  return `bytes ${start}-${end - 1}/${size}`
}

function partsAnswer (file: RangedFile, ranges: readonly ByteRange[]): RangeAnswer {
  const boundary = randomBytes(13).toString('hex')
  const end = `--${boundary}--`
  const heads = ranges.map(range => `--${boundary}\r\nContent-Type: ${file.contentType}\r\nContent-Range: ${contentRange(range, file)}\r\n\r\n`)
  const parts = async function * (): AsyncGenerator<string | Buffer> {
    // Opened once, and closed if the client disconnects.
    const handle = await open(file.path)
    try {
      for (const [index, [start, end]] of ranges.entries()) {
        yield String(heads[index])
        yield * handle.createReadStream({ start, end: end - 1, autoClose: false })
        yield '\r\n'
      }
      yield end
    } finally {
      await handle.close()
    }
  }
  return {
    status: 206,
    contentType: `multipart/byteranges; boundary=${boundary}`,
    length: ranges.reduce((sum, [start, end], index) => sum + String(heads[index]).length + end - start + 2, end.length),
    body: () => Readable.from(parts(), { objectMode: false })
  }
}
