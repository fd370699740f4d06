/**
 * One plugin that registers the others, in the right order.
 *
 * @module
 */

import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { choose, type Chosen } from './apikit/choice.ts'
import type { ApikitOptions } from './apikit/options.ts'
import { APIKIT_ERR_INVALID_OPTIONS } from './core/errors.ts'
import { checkOptions } from './core/options.ts'
import { missingPeers } from './core/peer.ts'
import { APIKIT_ERR_MISSING_PEER } from './types/index.ts'

const name = 'fastify-apikit'

export type { ApikitOptions }
export { explain } from './apikit/explain.ts'
export { type HandedDown, type ScopeSummary, scopesOf } from './apikit/scopes.ts'

const plugin: FastifyPluginAsync<ApikitOptions> = async (app, options) => {
  const { chosen, problems } = choose(app, { ...options })
  const needs = chosen.map(one => ({ ...one, missing: missingPeers(one.peersOf(one.options)) }))
  const loaded = await Promise.all(needs.filter(({ missing }) => missing.length === 0).map(async ({ load, options, at }) => {
    const [plugin, schema] = await load()
    return { plugin, options, problems: checkOptions(schema, options, at).problems }
  }))

  const wrong = [...problems, ...loaded.flatMap(({ problems }) => problems)]
  if (wrong.length > 0) throw new APIKIT_ERR_INVALID_OPTIONS(name, wrong.join('; '))
  refuseMissing(needs.filter(({ missing }) => missing.length > 0))

  for (const { plugin, options } of loaded) await app.register(plugin as FastifyPluginAsync, options)
}

/** Also for plugins that no option names: an app must not lose its documentation because a package is missing. */
function refuseMissing (needs: ReadonlyArray<Chosen & { readonly missing: readonly string[] }>): void {
  if (needs.length === 0) return
  const what = needs.map(({ name, missing }) => `${name} needs ${missing.map(peer => `"${peer}"`).join(', ')}`)
  const without = needs.filter(({ isStandard }) => isStandard).map(({ name }) => `${name}: false`)
  const packages = [...new Set(needs.flatMap(({ missing }) => missing))].join(' ')
  throw new APIKIT_ERR_MISSING_PEER(`${name}: ${what.join('; ')}`, without.length === 0 ? packages : `${packages}, or leave it out with { ${without.join(', ')} }`)
}

/**
 * Registers errors, validation, response-model, responses, dependencies, security and docs, and other plugins that an
 * option names, in the right order. Plugins that are registered already, in this scope or above, are not registered again.
 * It applies to the scope in which it is registered, and all below.
 *
 * @param options Options of each plugin under its name. `true` registers one with its defaults, `false` leaves it out.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid. One error lists those of all plugins.
 * @throws APIKIT_ERR_MISSING_PEER when packages are not installed. One error lists all of them.
 * @example
 * ```ts
 * await app.register(apikit, { docs: { title: 'Shop' }, cors: { allowOrigins: ['https://shop.example'] } })
 * ```
 */
export const apikit = fp(plugin, { name, fastify: '5.x || 6.x' })
export default apikit
