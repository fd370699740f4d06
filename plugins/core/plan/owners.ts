/**
 * Which plugin gives a key of `config` or `schema`, or a kind of schema, its meaning. A route that uses one without its
 * plugin would be served as if it had not said it, so the app does not start.
 *
 * @module
 */

import type { FastifyInstance, RouteOptions } from 'fastify'
import { kCodec, kContainer, kEmbed, kFile, kForm, kRefine, kUnset } from '../../types/codec.ts'
import { kDependency, kOwner } from './marks.ts'
import type { Schema } from './route-plan.ts'

/** Something that a route can say, and who has to be there for it to hold. */
export interface Owned {
  /** For messages: `config.depends`. */
  readonly what: string
  readonly plugin: string
  /** Wherever and whenever the plugin is registered, it serves the routes of the whole app. */
  readonly isAppWide?: boolean
  isUsed (route: RouteOptions): boolean
  /** Whether it must be meant for the plugin, even in an app that does not have it: by its content. */
  isOurs (route: RouteOptions, scope: FastifyInstance): boolean
}

/** @param isOurs whether a value cannot be meant for somebody else's key of this name */
function inConfig (key: string, plugin: string, isOurs: (value: unknown) => boolean): Owned {
  const valueOf = ({ config }: RouteOptions): unknown => Object(config)[key]
  return { what: `config.${key}`, plugin, isUsed: route => valueOf(route) !== undefined, isOurs: route => isOurs(valueOf(route)) }
}

/** Whether a value is an object with some of these keys and no others. */
function hasOnly (...keys: readonly string[]): (value: unknown) => boolean {
  return value => {
    const given = typeof value === 'object' && value !== null ? Object.keys(value) : []
    return given.length > 0 && given.every(key => keys.includes(key))
  }
}

/** Without its plugin it has no effect that could be missed. */
const never = (): boolean => false

function inSchema (key: string, plugin: string): Owned {
  const isUsed = ({ schema }: RouteOptions): boolean => Object(schema)[key] !== undefined
  return { what: `schema.${key}`, plugin, isUsed, isOurs: isUsed }
}

/** @fastify/websocket knows two ways to declare one. Fastify puts a HEAD beside it, which is none. */
function isWebSocket (route: RouteOptions): boolean {
  return route.method !== 'HEAD' && (Reflect.get(route, 'websocket') === true || Reflect.get(route, 'wsHandler') !== undefined)
}

const INPUTS = ['params', 'querystring', 'query', 'headers', 'cookies', 'body'] as const
const DOMAIN = [kCodec, kContainer, kRefine, kUnset] as const

function kind (what: string, plugin: string, parts: readonly string[], isUsed: (marks: ReadonlySet<unknown>) => boolean): Owned {
  const isOurs = ({ schema }: RouteOptions): boolean => schema !== undefined && parts.some(part => isUsed(marksOf(Reflect.get(schema, part))))
  return { what, plugin, isUsed: isOurs, isOurs }
}

/** All that plugins of this package own. */
export const OWNERS: readonly Owned[] = [
  inConfig('depends', 'dependencies', holdsDependency),
  inConfig('without', 'dependencies', holdsDependency),
  inConfig('public', 'security', never),
  inConfig('response', 'response-model', hasOnly('include', 'exclude', 'excludeUnset', 'excludeDefaults', 'excludeNull', 'byAlias')),
  inConfig('transaction', 'db', hasOnly('retries', 'readOnly', 'isolationLevel')),
  inConfig('replica', 'db', never),
  inConfig('forms', 'forms', hasOnly('fields', 'files', 'parts', 'fieldSize', 'fileSize', 'total')),
  inConfig('maxBodySize', 'validation', value => typeof value === 'number'),
  { ...inConfig('name', 'templates', never), isAppWide: true },
  // @fastify/websocket gives it its meaning, too.
  { what: 'websocket: true', plugin: 'websocket', isUsed: isWebSocket, isOurs: (route, scope) => isWebSocket(route) && !scope.hasDecorator('websocketServer') },
  inSchema('cookies', 'validation'),
  inSchema('openapiExtra', 'docs'),
  inSchema('callbacks', 'docs'),
  kind('a domain type in an input (DateTime(), SetOf(), Embed() …)', 'validation', INPUTS, marks => [...DOMAIN, kEmbed].some(mark => marks.has(mark))),
  kind('Form()', 'validation', ['body'], marks => marks.has(kForm)),
  kind('File()', 'forms', ['body'], marks => marks.has(kFile)),
  kind('a domain type in schema.response (DateTime(), SetOf() …)', 'response-model', ['response'], marks => DOMAIN.some(mark => marks.has(mark))),
  kind('alias in schema.response', 'response-model', ['response'], marks => marks.has('alias')),
  kind('a kind of response (text(), redirect(), file(), sse() …)', 'responses', ['response'], marks => marks.has('responses'))
]

/** Returns the keys of `config` that hold a dependency but are not read, such as FastAPI's `dependencies`. */
export function misplacedDependencies ({ config }: RouteOptions): string[] {
  return Object.entries(Object(config)).filter(([key, value]) => key !== 'depends' && key !== 'without' && holdsDependency(value)).map(([key]) => `config.${key}`)
}

function holdsDependency (value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (kDependency in value) return true
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  return isPlain && Object.values(value).some(item => typeof item === 'object' && item !== null && kDependency in item)
}

const known = new WeakMap<object, ReadonlySet<unknown>>()

/** Of most schemas: one set for all of them. */
const NONE: ReadonlySet<unknown> = new Set()

/** The marks in a schema, at any depth. */
function marksOf (schema: unknown): ReadonlySet<unknown> {
  if (typeof schema !== 'object' || schema === null) return NONE
  let marks = known.get(schema)
  if (marks === undefined) {
    const found = new Set<unknown>()
    collect(schema, found, new Set())
    known.set(schema, marks = found.size === 0 ? NONE : found)
  }
  return marks
}

function collect (schema: Schema | object, marks: Set<unknown>, seen: Set<object>): void {
  if (seen.has(schema)) return
  seen.add(schema)
  for (const mark of Object.getOwnPropertySymbols(schema)) {
    const value: unknown = Reflect.get(schema, mark)
    if (value !== undefined && value !== false) marks.add(mark === kOwner ? value : mark)
  }
  if (hasAlias(Reflect.get(schema, 'properties'))) marks.add('alias')
  for (const inner of Object.values(schema)) if (typeof inner === 'object' && inner !== null) collect(inner, marks, seen)
}

/** Whether one of the fields of an object is called otherwise on the wire. */
function hasAlias (properties: unknown): boolean {
  return typeof properties === 'object' && properties !== null && Object.values(properties).some(field => typeof Object(field).alias === 'string')
}
