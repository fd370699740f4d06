/**
 * Where the raw values of parameters come from, and which of several wins: of repeated query keys
 * and cookies the last, of repeated headers the first; lists take all.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { parseCookies } from './cookie-text.ts'
import { isMalformedQuery, parseQuery } from './query-text.ts'
import { type Field, isList } from './shape.ts'

/** Everything that one source sent, by wire name. */
export type RawValues = Readonly<Record<string, unknown>>

/** A source of parameters. */
export interface ParameterSource {
  /** The first item of `loc`. */
  readonly loc: 'path' | 'query' | 'header' | 'cookie'
  /** The name of a field on the wire. */
  wireName (field: Field): string
  /** Gathers once a request. */
  gather (request: FastifyRequest): RawValues
  /** The raw value of one field; `undefined` when it was not sent. */
  read (raw: RawValues, field: Field): unknown
  /** All names that were sent, with their values, for models that refuse or keep extras. */
  entries (raw: RawValues): Iterable<readonly [string, unknown]>
  /** Puts the parsed values where the handler finds them. */
  store (request: FastifyRequest, values: Record<string, unknown>): void
}

const EMPTY: RawValues = Object.freeze(Object.create(null))

function own (raw: RawValues, name: string): unknown {
  return Object.hasOwn(raw, name) ? raw[name] : undefined
}

const alias = (field: Field): string => field.alias

export const path: ParameterSource = {
  loc: 'path',
  wireName: alias,
  gather: request => request.params as RawValues,
  read: (raw, field) => own(raw, field.alias),
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.params = values }
}

export const query: ParameterSource = {
  loc: 'query',
  wireName: alias,
  // Fastify has read it already; only what is malformed is read again, as Python does.
  gather: ({ raw, query }) => isMalformedQuery(raw.url ?? '') ? parseQuery(queryOf(raw.url ?? '')) : query as RawValues,
  read: (raw, field) => {
    const value = own(raw, field.alias)
    if (Array.isArray(value)) return isList(field.shape) ? value : value.at(-1)
    return value === undefined || !isList(field.shape) ? value : [value]
  },
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.query = values }
}

function queryOf (url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start + 1)
}

/** Values of one header in the order in which they came; Node has joined them in `headers`. */
function headerValues (rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}

const kRawHeaders = Symbol('rawHeaders')

type RawHeaders = RawValues & { [kRawHeaders]?: readonly string[] }

function headerName ({ alias, convertUnderscores }: Field): string {
  return (convertUnderscores ? alias.replaceAll('_', '-') : alias).toLowerCase()
}

export const header: ParameterSource = {
  loc: 'header',
  wireName: ({ alias, convertUnderscores }) => convertUnderscores ? alias.replaceAll('_', '-').toLowerCase() : alias,
  gather: ({ raw }) => Object.assign(Object.create(raw.headers), { [kRawHeaders]: raw.rawHeaders }),
  read: (raw: RawHeaders, field) => {
    const name = headerName(field)
    const value = raw[name]
    if (value === undefined) return undefined
    if (isList(field.shape)) return headerValues(raw[kRawHeaders] ?? [], name)
    // Node joins repeated headers by a comma, so only a value with one may be several.
    return typeof value === 'string' && value.includes(',') ? headerValues(raw[kRawHeaders] ?? [], name)[0] : value
  },
  * entries (raw: RawHeaders) {
    const rawHeaders = raw[kRawHeaders] ?? []
    for (const name of new Set(rawHeaders.filter((_, i) => i % 2 === 0).map(name => name.toLowerCase()))) {
      const values = headerValues(rawHeaders, name)
      yield [name, values.length === 1 ? values[0] : values]
    }
  },
  // In place, as Fastify's own validation does: assigning request.headers would clone them at every read.
  store: ({ raw: { headers } }, values) => {
    Object.assign(headers, values)
  }
}

export const cookie: ParameterSource = {
  loc: 'cookie',
  wireName: alias,
  gather: ({ raw: { headers } }) => headers.cookie === undefined ? EMPTY : parseCookies(headers.cookie),
  read: (raw, field) => own(raw, field.alias),
  entries: raw => Object.entries(raw),
  store: (request, values) => { request.cookieParams = values }
}
