/**
 * Describes an app as text.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { explain as explainRoute } from '../dependencies/index.ts'
import { type HandedDown, type RegisteredPlugin, type ScopeSummary, scopesOf } from './scopes.ts'

type Row = readonly [title: string, text: string]

/**
 * Returns a text that describes what is registered where, scope by scope, and what each scope inherits. With a route, it
 * describes what happens to its requests.
 *
 * ```ts
 * console.log(explain(app))
 * console.log(explain(app, 'GET /items/:id'))
 * ```
 *
 * @param route Method and URL as declared, including the prefix.
 * @throws APIKIT_ERR_NO_ROUTE when the route does not exist. The message lists all routes.
 */
export function explain (app: FastifyInstance, route?: string): string {
  if (route !== undefined) return explainRoute(app, route)
  return scopesOf(app).map(section).join('\n')
}

function section ({ prefix, isRoot, depth, plugins, own, inherited }: ScopeSummary): string {
  const indent = '  '.repeat(depth)
  // The public paths are listed where the guard was set.
  const guard = inherited.guard && { ...inherited.guard, public: [] }
  const rows: Row[] = [
    ...plugins.map((plugin, index): Row => [index === 0 ? 'plugins' : '', pluginText(plugin)]),
    ...handedDownRows(own),
    ...handedDownRows({ ...inherited, guard }).map(([title, text], index): Row => [index === 0 ? 'from above' : '', `${title} ${text}`])
  ]
  const lines = rows.map(([title, text]) => `${indent}  ${title.padEnd(12)}  ${text}`)
  return [`${indent}${isRoot ? 'app' : `scope ${prefix === '' ? '/' : prefix}`}`, ...lines, ''].join('\n')
}

function pluginText ({ name, options }: RegisteredPlugin): string {
  const told = Object.entries(options).map(([option, value]) => `${option} ${value}`).join(', ')
  return told === '' ? name : `${name}: ${told}`
}

function handedDownRows ({ dependencies, tags, responses, guard }: HandedDown): Row[] {
  const rows: Row[] = [['dependencies', dependencies.join(', ')], ['tags', tags.join(', ')], ['responses', responses.join(', ')]]
  if (guard !== undefined) rows.push(['guard', [guard.default, ...guard.public.length === 0 ? [] : [`public: ${guard.public.join(', ')}`]].join('; ')])
  return rows.filter(([, text]) => text !== '')
}
