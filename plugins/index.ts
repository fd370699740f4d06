/**
 * The door: one plugin that registers the others, in the order in which they belong.
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

/** Also where nobody asked for them: an app that is started without its documentation shall not find that out from its users. */
function refuseMissing (needs: ReadonlyArray<Chosen & { readonly missing: readonly string[] }>): void {
  if (needs.length === 0) return
  const what = needs.map(({ name, missing }) => `${name} needs ${missing.map(peer => `"${peer}"`).join(', ')}`)
  const without = needs.filter(({ isStandard }) => isStandard).map(({ name }) => `${name}: false`)
  const packages = [...new Set(needs.flatMap(({ missing }) => missing))].join(' ')
  throw new APIKIT_ERR_MISSING_PEER(`${name}: ${what.join('; ')}`, without.length === 0 ? packages : `${packages}, or leave it out by { ${without.join(', ')} }`)
}

/**
 * Registers errors, validation, response-model, responses, dependencies, security and docs, and those of the other
 * plugins that an option names, in the order in which they belong. What is registered already, in this scope or above,
 * is left as it is. It affects the scope in which it is registered, and all below.
 *
 * ```ts
 * await app.register(apikit, { docs: { title: 'Shop' }, cors: { allowOrigins: ['https://shop.example'] } })
 * ```
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS, one error for the options of all plugins
 * @throws APIKIT_ERR_MISSING_PEER, one error for the packages that are not installed
 */
export const apikit = fp(plugin, { name, fastify: '5.x || 6.x' })
export default apikit
