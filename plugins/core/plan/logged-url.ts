/**
 * Keeps secrets that are sent in a URL out of the log: Fastify writes the URL of every request.
 *
 * @module
 */

import type { RouteOptions } from 'fastify'
import { kRedact } from '../../types/codec.ts'
import { isSchema } from '../schema/references.ts'
import { secretsOf } from '../schema/secrets.ts'
import type { RoutePlan, Schema } from './route-plan.ts'

/** Where pino keeps the serializers of a logger (`pino.symbols.serializersSym`). */
const SERIALIZERS = Symbol.for('pino.serializers')
const STARS = '**********'

type Serializer = (value: unknown) => unknown

interface Hidden {
  /** Of parameters of the query. */
  readonly names: ReadonlySet<string>
  /** All parameters of the query. */
  readonly query: boolean
  /** A parameter of the path is one, so the pattern of the route is written instead. */
  readonly path: boolean
}

/** Has the log of a route write stars for the secrets of its URL. A route without any costs nothing. */
export function hideInLog ({ app, route, inputs, inherited, queryKeys }: RoutePlan): void {
  const read = [inputs, ...inherited.map(one => one.inputs)]
  const isPossible = read.some(({ querystring, params }) => mayHide(querystring) || mayHide(params))
  if (!isPossible && queryKeys.size === 0) return

  let hidden: Hidden | undefined
  const find = (): Hidden => {
    const lookup = (id: string): Schema | undefined => app.getSchema(id) as Schema | undefined
    const secrets = (part: 'querystring' | 'params') => read.flatMap(inputs => secretsOf(part, inputs[part] ?? {}, lookup) ?? [])
    const queries = secrets('querystring')
    return {
      names: new Set([...queryKeys, ...queries.flatMap(({ names }) => [...names])]),
      query: queries.some(({ whole, extras }) => whole || extras),
      path: secrets('params').length > 0
    }
  }
  const found = (): Hidden => {
    hidden ??= find()
    return hidden
  }
  const { req: write } = Object(Reflect.get(app.log, SERIALIZERS)) as { req?: Serializer }
  const { req: own = write } = Object(route.logSerializers) as { req?: Serializer }
  // A logger that is off, or is not pino's, has none.
  if (own === undefined) return
  route.logSerializers = { ...inheritedSerializers(route), req: request => hide(own(request), found(), route) }
}

/** Those of the scopes above stand in the prototype. */
function inheritedSerializers ({ logSerializers }: RouteOptions): Record<string, Serializer> {
  const all: Record<string, Serializer> = {}
  for (const name in logSerializers) all[name] = logSerializers[name] as Serializer
  return all
}

/** Whether a schema says of anything in it that it is a secret; what it refers to is not known yet. */
function mayHide (schema: unknown, seen = new Set<unknown>()): boolean {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return false
  seen.add(schema)
  if (isSchema(schema) && (kRedact in schema || schema.writeOnly === true || schema.redact === true || schema.$ref !== undefined)) return true
  return Object.values(schema).some(inner => mayHide(inner, seen))
}

/** Hides the secrets in what a serializer has made of a request: its texts that are URLs, and objects of parameters. */
function hide (written: unknown, hidden: Hidden, route: RouteOptions): unknown {
  if (typeof written !== 'object' || written === null) return written
  return Object.fromEntries(Object.entries(written).map(([key, value]) => {
    if (typeof value === 'string' && (value.startsWith('/') || value.includes('?'))) return [key, hideInUrl(value, hidden, route.url)]
    if (key === 'query' || key === 'querystring') return [key, hideInObject(value, hidden)]
    return key === 'params' && hidden.path ? [key, STARS] : [key, value]
  }))
}

function hideInUrl (url: string, { names, query, path }: Hidden, pattern: string): string {
  const [before = '', ...rest] = url.split('?')
  const shown = path ? pattern : before
  if (rest.length === 0) return shown
  const pairs = rest.join('?').split('&').map(pair => {
    const equals = pair.indexOf('=')
    return equals >= 0 && (query || names.has(decoded(pair.slice(0, equals)))) ? `${pair.slice(0, equals)}=${STARS}` : pair
  })
  return `${shown}?${pairs.join('&')}`
}

function decoded (name: string): string {
  return String([...new URLSearchParams(`${name}=`).keys()][0])
}

function hideInObject (value: unknown, { names, query }: Hidden): unknown {
  if (Object(value) !== value) return value
  return Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, query || names.has(name) ? STARS : one]))
}
