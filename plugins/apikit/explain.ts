/**
 * An app in words.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { explain as explainRoute } from '../dependencies/index.ts'
import { type HandedDown, type RegisteredPlugin, type ScopeSummary, scopesOf } from './scopes.ts'

type Row = readonly [title: string, texts: readonly string[]]

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

function section ({ prefix, depth, plugins, own, inherited }: ScopeSummary): string {
  const indent = '  '.repeat(depth)
  const rows: Row[] = [
    ['plugins', plugins.map(pluginText)],
    ...handedDownRows(own),
    ['from above', [inherited.plugins.join(', '), ...handedDownRows(inherited).map(([title, texts]) => `${title} ${texts.join(', ')}`)].filter(text => text !== '')]
  ]
  const lines = rows.flatMap(([title, texts]) => texts.map((text, index) => `${indent}  ${(index === 0 ? title : '').padEnd(12)}  ${text}`))
  return [`${indent}${depth === 0 && prefix === '' ? 'app' : `scope ${prefix}`.trimEnd()}`, ...lines, ''].join('\n')
}

function pluginText ({ name, options }: RegisteredPlugin): string {
  const told = Object.entries(options).map(([option, value]) => `${option} ${value}`).join(', ')
  return `${name}${told === '' ? '' : `: ${told}`}`
}

function handedDownRows ({ dependencies, tags, responses, guard }: HandedDown): Row[] {
  const rows: Row[] = [
    ['dependencies', dependencies],
    ['tags', tags],
    ['responses', responses],
    ['guard', guard === undefined ? [] : [`${guard.default}${guard.public.length === 0 ? '' : `, public: ${guard.public.join(', ')}`}`]]
  ]
  return rows.filter(([, texts]) => texts.length > 0).map(([title, texts]) => [title, [texts.join(', ')]])
}
