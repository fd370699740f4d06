import { isPublic } from '../../../plugins/core/http/own-routes.ts'
import { planFor } from '../../../plugins/core/plan/conductor.ts'
import { type FoundRoute, withApp } from '../app.ts'
import { APP_OPTION, columns, command } from '../command.ts'

export const routes = command({
  summary: 'Lists the routes: method, URL, security, tags.',
  takes: '[FILE]',
  most: 1,
  details: 'The app is registered and made ready, but does not listen. Its database is not opened, its tasks do not run.\nThe column SECURITY names the schemes of a route; "public" is said by the route itself, "-" means that nothing guards it.',
  options: APP_OPTION,
  run: async ({ positionals: [file], values }, io) => await withApp(io, { app: file ?? values.app, purpose: 'describe' }, async ({ server, routes }) => {
    await server.ready()
    io.out(`${columns([['METHOD', 'URL', 'SECURITY', 'TAGS'], ...rowsOf(routes)])}\n`)
    return 0
  })
})

/** Sorted by URL; without the HEAD that Fastify puts beside each GET. */
function rowsOf (routes: readonly FoundRoute[]): string[][] {
  const gets = new Set(routes.filter(({ route }) => route.method === 'GET').map(pathOf))
  return routes
    .filter(one => one.route.method !== 'HEAD' || !gets.has(pathOf(one)))
    .toSorted((one, other) => one.route.url < other.route.url ? -1 : Number(one.route.url > other.route.url))
    .map(rowOf)
}

/** Below a prefix the two have different slashes. */
function pathOf ({ route: { url } }: FoundRoute): string {
  return url.replace(/\/$/, '')
}

function rowOf ({ scope, route }: FoundRoute): string[] {
  const { security = [], tags = [] } = planFor(scope, route) ?? {}
  const schemes = security.flatMap(Object.entries).map(([name, scopes]) => scopes.length === 0 ? name : `${name} (${scopes.join(' ')})`)
  const own: readonly string[] = Object(route.schema).tags ?? []
  const isOpen = route.config?.public === true || isPublic(route)
  return [String(route.method), route.url, schemes.join(', ') || (isOpen ? 'public' : '-'), [...new Set([...tags, ...own])].join(', ') || '-']
}
