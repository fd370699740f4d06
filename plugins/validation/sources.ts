/**
 * Reads the raw values of parameters, and selects among repeated ones: of query keys
 * and cookies the last, of repeated headers the first; lists take all.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { parseCookies } from '../core/http/cookie-text.ts'
import { isMalformedQuery, parseQuery } from '../core/http/query-text.ts'
import { property, quote } from '../core/schema/codegen/code-builder.ts'
import { type Field, isList } from '../core/schema/shape.ts'
import type { RawValue } from './generated-reader.ts'

/** A source of parameters. */
export interface Source<Raw> {
  /** The first item of `loc`. */
  readonly loc: 'path' | 'query' | 'header' | 'cookie' | 'body'
  /** The name of a field in `loc`. */
  nameOf (field: Field): string
  /** The name under which a field is sent. */
  wireName (field: Field): string
  /** Returns everything that the source sent. */
  gather (request: FastifyRequest): Raw
  /** The raw value of a field in what `gather` returns. */
  readonly rawValue: RawValue
  /** All names that were sent, with their values. */
  entries (raw: Raw): Iterable<readonly [string, unknown]>
  /**
   * Stores the parsed values where the handler reads them.
   *
   * @param renamed fields with an alias
   */
  store (request: FastifyRequest, values: object, renamed: readonly string[]): void
}

type Values = Readonly<Record<string, unknown>>

const aliasOf = ({ alias }: Field): string => alias

/** Stores each value under the name of its field. */
const own: RawValue = ({ alias }) => property('raw', alias)

export const path: Source<Values> = {
  loc: 'path',
  nameOf: aliasOf,
  wireName: aliasOf,
  gather: request => request.params as Values,
  rawValue: own,
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.params = values }
}

const listOf = (sent: unknown): unknown => sent === undefined || Array.isArray(sent) ? sent : [sent]

const lastOf = (sent: unknown): unknown => Array.isArray(sent) ? sent.at(-1) : sent

function queryOf (url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}

export const query: Source<Values> = {
  loc: 'query',
  nameOf: aliasOf,
  wireName: aliasOf,
  gather ({ raw: { url = '' }, query }) {
    // Fastify has read it already; only what is malformed is read again, as Python does.
    if (!url.includes('%')) return query as Values
    const text = queryOf(url)
    return isMalformedQuery(text) ? parseQuery(text) : query as Values
  },
  rawValue: (field, code) => `${code.value(isList(field.shape) ? listOf : lastOf)}(${own(field, code)})`,
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.query = values }
}

/** Returns the values of one header in their order. Node has joined them in `headers`. */
function headerValues ({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = []
  rawHeaders.forEach((text, index) => {
    if (index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name) values.push(text)
  })
  return values
}

/** Returns all values of a header, from the `joined` value of Node. */
function sentHeaders (joined: unknown, raw: IncomingMessage, name: string): unknown {
  if (joined === undefined || joined === null) return undefined
  const sent = headerValues(raw, name)
  // A hook may have set a header that the client did not send.
  return sent.length > 0 ? sent : [joined].flat()
}

/** Returns the first value of a header. Node joins repeated headers by a comma, so only a value with one may be several. */
function sentHeader (joined: unknown, raw: IncomingMessage, name: string): unknown {
  if (typeof joined === 'string' && !joined.includes(',')) return joined
  const sent = sentHeaders(joined, raw, name)
  return Array.isArray(sent) ? sent[0] : undefined
}

function headerName ({ alias, convertUnderscores }: Field): string {
  return (convertUnderscores ? alias.replaceAll('_', '-') : alias).toLowerCase()
}

export const header: Source<IncomingMessage> = {
  loc: 'header',
  nameOf: field => field.convertUnderscores ? headerName(field) : field.alias,
  wireName: headerName,
  gather: request => request.raw,
  rawValue (field, code) {
    const name = headerName(field)
    return `${code.value(isList(field.shape) ? sentHeaders : sentHeader)}(${property('raw.headers', name)}, raw, ${quote(name)})`
  },
  entries ({ rawHeaders }) {
    const sent = new Map<string, string | string[]>()
    let name = ''
    rawHeaders.forEach((text, index) => {
      if (index % 2 === 0) {
        name = text.toLowerCase()
        return
      }
      const before = sent.get(name)
      if (Array.isArray(before)) before.push(text)
      else sent.set(name, before === undefined ? text : [before, text])
    })
    return sent
  },
  // In place, as Fastify's own validation does: assigning request.headers would clone them at every read.
  store ({ raw: { headers } }, values, renamed) {
    // What was sent under a field's own name is not the field.
    for (const name of renamed) if (name in headers) delete headers[name]
    Object.assign(headers, values)
  }
}

const NONE: Values = Object.freeze(Object.create(null))

export const cookie: Source<Values> = {
  loc: 'cookie',
  nameOf: aliasOf,
  wireName: aliasOf,
  gather: ({ raw: { headers: { cookie } } }) => cookie === undefined ? NONE : parseCookies(cookie),
  rawValue: own,
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.cookieParams = values as Record<string, unknown> }
}
