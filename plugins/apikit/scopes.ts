/**
 * Summarises what is registered in each scope, and what it inherits.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { type Registration, registrations } from '../core/registry.ts'
import { isRoot, scopesFrom } from '../core/scope.ts'

/** What a scope hands down to its routes, by `app.depends`, `app.inherit` and `app.guard`. */
export interface HandedDown {
  /** Names of dependencies. */
  readonly dependencies: readonly string[]
  readonly tags: readonly string[]
  /** Statuses of documented responses. */
  readonly responses: readonly string[]
  /** Default of the nearest `app.guard`. */
  readonly guard: { readonly default: string, readonly public: readonly string[] } | undefined
}

/** A registered plugin. */
export interface RegisteredPlugin {
  /** Name of its folder: `docs`. */
  readonly name: string
  /** Options that differ from the defaults. Secrets and nested objects are not shown. */
  readonly options: Readonly<Record<string, string>>
}

/** A scope with plugins or inherited values. */
export interface ScopeSummary {
  /** Prefix of its routes. */
  readonly prefix: string
  /** If true, it is the app itself. */
  readonly isRoot: boolean
  /** Number of scopes above it in the summary. */
  readonly depth: number
  readonly plugins: readonly RegisteredPlugin[]
  readonly own: HandedDown
  /** Inherited from the scopes above. */
  readonly inherited: HandedDown & { readonly plugins: readonly string[] }
}

const NOTHING: HandedDown = { dependencies: [], tags: [], responses: [], guard: undefined }

/** Returns a summary of each scope of an app in which something is registered or handed down: each before those within it. */
export function scopesOf (app: FastifyInstance): readonly ScopeSummary[] {
  const known = Map.groupBy(registrations(app), ({ scope }) => scope)
  const within = Map.groupBy(known, ([scope]) => [...scopesFrom(scope)].slice(1).find(above => known.has(above)))
  const summaries: ScopeSummary[] = []
  const add = (around: FastifyInstance | undefined, outer: ScopeSummary | undefined): void => {
    for (const [scope, found] of within.get(around) ?? []) {
      const summary = summaryOf(scope, found, outer)
      summaries.push(summary)
      add(scope, summary)
    }
  }
  add(undefined, undefined)
  return summaries
}

function summaryOf (scope: FastifyInstance, found: readonly Registration[], outer: ScopeSummary | undefined): ScopeSummary {
  return {
    prefix: scope.prefix,
    isRoot: isRoot(scope),
    depth: outer === undefined ? 0 : outer.depth + 1,
    plugins: found.filter(({ plugin }) => !isOfScope(plugin)).map(({ plugin, options }) => ({ name: plugin, options: shown(options) })),
    own: handedDown(found),
    inherited: outer === undefined ? { ...NOTHING, plugins: [] } : inheritedFrom(outer)
  }
}

function isOfScope (plugin: string): boolean {
  return plugin.startsWith('app.')
}

/** Each call has everything that its scope hands down so far. */
function handedDown (found: readonly Registration[]): HandedDown {
  const of = (name: string) => found.findLast(({ plugin }) => plugin === name)?.options
  const guard = of('app.guard') as HandedDown['guard']
  return { ...NOTHING, ...of('app.inherit'), guard: guard && { default: guard.default, public: guard.public ?? [] } }
}

function inheritedFrom ({ plugins, own, inherited }: ScopeSummary): ScopeSummary['inherited'] {
  return {
    plugins: [...new Set([...inherited.plugins, ...plugins.map(({ name }) => name)])],
    dependencies: [...inherited.dependencies, ...own.dependencies],
    tags: [...inherited.tags, ...own.tags],
    responses: [...new Set([...inherited.responses, ...own.responses])],
    guard: own.guard ?? inherited.guard
  }
}

const SECRET = /secret|password|token|key/i
const LONGEST = 60
/** Keys of an object. */
const MOST = 5

function shown (options: object): Record<string, string> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, SECRET.test(name) ? '***' : textOf(value)]))
}

function textOf (value: unknown): string {
  if (typeof value === 'function') return 'function'
  if (Array.isArray(value)) return value.every(isPlain) ? short(`[${value.map(textOf).join(', ')}]`) : `[${value.length}]`
  if (!isPlain(value)) return keysOf(Object(value))
  return typeof value === 'string' ? short(JSON.stringify(withoutCredentials(value))) : String(value)
}

/** The URL of a database has its password before the host, or in the query. */
function withoutCredentials (text: string): string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text.replace(/\/\/.*@/s, '//***@').replace(/\?.*/s, '?…') : text
}

function keysOf (object: object): string {
  const keys = Object.keys(object)
  return keys.length > MOST ? `{ ${keys.length} keys }` : `{ ${keys.join(', ')} }`
}

function isPlain (value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function short (text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
