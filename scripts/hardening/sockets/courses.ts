/**
 * How the requests of the suite `sockets` go: what is sent, and at which byte it is cut, slowed or broken.
 *
 * @module
 */

import fc from 'fast-check'

/** How a request is sent. */
export type Course = {
  /** Of the requests that there are, which. */
  readonly route: number
  /** Sent in the same piece behind it; only by `pipelined`. */
  readonly second: number
  readonly does: 'whole' | 'cut' | 'slowed' | 'pipelined' | 'malformed'
  /** Where, from 0 to below 1 of what is sent. */
  readonly at: number
  /** Stands there, in what is malformed. */
  readonly byte: number
  /** Turns of the event loop until the client goes, or sends the rest. */
  readonly turns: number
  /** Goes by a reset. */
  readonly resets: boolean
}

const course: fc.Arbitrary<Course> = fc.record({
  route: fc.nat(),
  second: fc.nat(),
  does: fc.constantFrom('whole', 'cut', 'cut', 'slowed', 'pipelined', 'malformed'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  byte: fc.nat(255),
  turns: fc.nat(30),
  resets: fc.boolean()
})

/** The same for the same seed. */
export function coursesOf (count: number, seed: number): Course[] {
  return fc.sample(course, { numRuns: count, seed })
}

const MODEL = JSON.stringify({ name: 'a', tags: ['b', 'c'], size: 1 })
const FILE = 'x'.repeat(3000)
const part = (head: string, content: string): string => `--B\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`

/** A request, as much as it needs of a head, and what is answered. */
export interface Sent {
  readonly line: string
  readonly type?: string
  readonly body?: string
  readonly status: number
}

const json = (line: string, status = 200): Sent => ({ line, type: 'application/json', body: MODEL, status })
const multipart = (line: string, body: string): Sent => ({ line, type: 'multipart/form-data; boundary=B', body: `${body}--B--\r\n`, status: 200 })
const urlencoded = (line: string, body: string): Sent => ({ line, type: 'application/x-www-form-urlencoded', body, status: 200 })
const get = (path: string, status = 200): Sent => ({ line: `GET ${path}`, status })

const PLAIN: readonly Sent[] = [
  get('/plain'), json('POST /model'), json('POST /generators'), json('POST /guarded'), get('/guarded'), urlencoded('POST /form', 'a=b&b=2'),
  multipart('POST /files', part('name="note"', 'n') + part('name="files"; filename="a"', FILE) + part('name="files"; filename="b"', FILE)),
  multipart('POST /file', part('name="file"; filename="a"', FILE)),
  get('/stream'), get('/lines'), get('/events'), get('/sent'), get('/static/index.ts'), urlencoded('POST /login', 'username=a&password=secret'),
  json('POST /background'), get('/refused', 404), json('POST /error', 500), get('/nothing', 404), json('POST /nothing', 404)
]

/** Those of so many databases with them. */
export function requestsOf (databases: number): readonly Sent[] {
  return [...PLAIN, ...Array.from({ length: databases }, (_, index) => [json(`POST /db${index}/`), json(`POST /db${index}/guarded`), get(`/db${index}/`)]).flat()]
}

/** As it goes over the wire; every other body comes in chunks. */
export function wire ({ line, type, body }: Sent, isLast: boolean, inChunks = false): string {
  const head = [`${line} HTTP/1.1`, 'Host: x', 'Authorization: Bearer t', ...isLast ? ['Connection: close'] : [], ...type === undefined ? [] : [`Content-Type: ${type}`]]
  if (body === undefined) return [...head, '', ''].join('\r\n')
  if (!inChunks) return [...head, `Content-Length: ${body.length}`, '', body].join('\r\n')
  const middle = body.length >> 1
  const chunks = [body.slice(0, middle), body.slice(middle)].map(chunk => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  return [...head, 'Transfer-Encoding: chunked', '', `${chunks.join('')}0\r\n\r\n`].join('\r\n')
}
