/**
 * Where the raw values of parameters come from, and which of several wins: of repeated query keys
 * and cookies the last, of repeated headers the first; lists take all.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { parseCookies } from '../core/http/cookie-text.ts'
import { isMalformedQuery, parseQuery } from '../core/http/query-text.ts'
import { type Field, isList } from '../core/schema/shape.ts'

/** Reads the raw value of one field; `undefined` when it was not sent. */
export type ReadField<Raw> = (raw: Raw) => unknown

/** A source of parameters. */
export interface Source<Raw> {
  /** The first item of `loc`. */
  readonly loc: 'path' | 'query' | 'header' | 'cookie' | 'body'
  /** The name of a field in `loc`. */
  nameOf (field: Field): string
  /** The name under which a field is sent. */
  wireName (field: Field): string
  /** All that the source sent. */
  gather (request: FastifyRequest): Raw
  reader (field: Field): ReadField<Raw>
  /** All names that were sent, with their values. */
  entries (raw: Raw): Iterable<readonly [string, unknown]>
  /**
   * Puts the parsed values where the handler finds them.
   *
   * @param renamed fields with another name on the wire
   */
  store (request: FastifyRequest, values: object, renamed: readonly string[]): void
}

type Values = Readonly<Record<string, unknown>>

const aliasOf = ({ alias }: Field): string => alias

/** Own properties only: a field called `constructor` must not find the one of `Object.prototype`. */
function ownReader (name: string): ReadField<Values> {
  return name in Object.prototype ? raw => Object.hasOwn(raw, name) ? raw[name] : undefined : raw => raw[name]
}

export const path: Source<Values> = {
  loc: 'path',
  nameOf: aliasOf,
  wireName: aliasOf,
  gather: request => request.params as Values,
  reader: field => ownReader(field.alias),
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.params = values }
}

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
    const text = queryOf(url)
    return isMalformedQuery(text) ? parseQuery(text) : query as Values
  },
  reader ({ alias, shape }) {
    const read = ownReader(alias)
    if (isList(shape)) {
      return raw => {
        const value = read(raw)
        return value === undefined || Array.isArray(value) ? value : [value]
      }
    }
    return raw => {
      const value = read(raw)
      return Array.isArray(value) ? value.at(-1) : value
    }
  },
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.query = values }
}

/** Values of one header in the order in which they came; Node has joined them in `headers`. */
function headerValues ({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = []
  rawHeaders.forEach((text, index) => {
    if (index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name) values.push(text)
  })
  return values
}

function headerName ({ alias, convertUnderscores }: Field): string {
  return (convertUnderscores ? alias.replaceAll('_', '-') : alias).toLowerCase()
}

export const header: Source<IncomingMessage> = {
  loc: 'header',
  nameOf: field => field.convertUnderscores ? headerName(field) : field.alias,
  wireName: headerName,
  gather: request => request.raw,
  reader (field) {
    const name = headerName(field)
    const list = isList(field.shape)
    return raw => {
      const value = raw.headers[name]
      if (value === undefined || value === null) return undefined
      // Node joins repeated headers by a comma, so only a value with one may be several.
      if (!list && typeof value === 'string' && !value.includes(',')) return value
      const sent = headerValues(raw, name)
      // A hook may have set a header that the client did not send.
      const values = sent.length > 0 ? sent : [value].flat()
      return list ? values : values[0]
    }
  },
  entries (raw) {
    const names = new Set(raw.rawHeaders.filter((_text, index) => index % 2 === 0).map(name => name.toLowerCase()))
    return [...names].map(name => {
      const values = headerValues(raw, name)
      return [name, values.length === 1 ? values[0] : values] as const
    })
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
  reader: field => ownReader(field.alias),
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.cookieParams = values as Record<string, unknown> }
}
