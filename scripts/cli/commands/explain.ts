import { METHODS } from 'node:http'
import { explain as explanation } from '../../../plugins/index.ts'
import { planFor } from '../../../plugins/core/plan/conductor.ts'
import { type FoundRoute, withApp } from '../app.ts'
import { APP_OPTION, command } from '../command.ts'
import { Failure, UsageError } from '../failures.ts'

/** How many routes a message names. */
const MOST = 8

export const explain = command({
  summary: 'Shows what is registered where, or what happens to the requests of a route.',
  takes: '[METHOD URL]',
  most: 2,
  details: 'fastify-apikit explain                    the scopes of the app, and their plugins with their options\nfastify-apikit explain GET /items/:id     inputs, dependencies in their order, security and answers of a route',
  options: APP_OPTION,
  run: async ({ positionals, values: { app } }, io) => {
    const words = positionals.flatMap(word => word.trim().split(/\s+/))
    const [method = '', url = ''] = words
    if (words.length !== 0 && !(words.length === 2 && METHODS.includes(method.toUpperCase()) && /^[/*]/.test(url))) throw new UsageError('A route is a method and a URL: GET /items/:id')
    return await withApp(io, { app, purpose: 'describe' }, async ({ server, routes }) => {
      await server.ready()
      io.out(words.length === 0 ? explanation(server) : explanation(find(routes, method.toUpperCase(), url), `${method} ${url}`))
      return 0
    })
  }
})

/** Returns the scope that declares a route. */
function find (routes: readonly FoundRoute[], method: string, url: string) {
  const found = routes.find(({ route }) => [route.method].flat().includes(method) && (route.url === url || route.url === `${url}/`))
  if (found === undefined) throw new Failure(`There is no route ${method} ${url}. ${similar(routes, url)}`)
  if (planFor(found.scope, found.route) === undefined) throw new Failure(`No plugin of fastify-apikit is registered for ${method} ${url}: it is a route of plain Fastify.`)
  return found.scope
}

function similar (routes: readonly FoundRoute[], url: string): string {
  const [, section] = url.split('/')
  const names = routes.filter(({ route }) => route.method !== 'HEAD' && route.url.split('/')[1] === section).map(({ route }) => `${String(route.method)} ${route.url}`)
  const all = '"fastify-apikit routes" lists all.'
  return names.length === 0 ? all : `Near it: ${names.slice(0, MOST).join(', ')}${names.length > MOST ? ' …' : ''}. ${all}`
}
