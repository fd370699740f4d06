/**
 * An app in words.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { explain as explainRoute } from '../dependencies/index.ts'
import { type HandedDown, type RegisteredPlugin, type ScopeSummary, scopesOf } from './scopes.ts'

type Row = readonly [title: string, text: string]

/**
 * Tells what is registered where, scope by scope, and what each scope has from those above; or, of a route, what happens
 * to its requests.
 *
 * ```ts
 * console.log(explain(app))
 * console.log(explain(app, 'GET /items/:id'))
 * ```
 *
 * @param route method and URL as declared, the prefix included
 * @throws APIKIT_ERR_NO_ROUTE when there is no such route, with those that there are
 */
export function explain (app: FastifyInstance, route?: string): string {
  if (route !== undefined) return explainRoute(app, route)
  return scopesOf(app).map(section).join('\n')
}

function section ({ prefix, isRoot, depth, plugins, own, inherited }: ScopeSummary): string {
  const indent = '  '.repeat(depth)
  // Which paths are public stands where the guard was set.
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
