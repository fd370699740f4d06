/**
 * The TypeBox of an app: a library, and the provider that types Fastify's routes by it.
 *
 * @module
 */

import { succeed, root, versionOf } from './workspace.ts'

export const PAIRS: Readonly<Record<string, readonly string[]>> = {
  'typebox-0.34': ['@sinclair/typebox@0.34', '@fastify/type-provider-typebox@5'],
  'typebox-1': ['typebox@1', '@fastify/type-provider-typebox@6']
}

/** What the package can use, but for the pages of documentation, which are no code. */
const PEERS = [
  '@fastify/cors', '@fastify/formbody', '@fastify/jwt', '@fastify/oauth2', '@fastify/send', '@fastify/static', '@fastify/swagger', '@fastify/view', '@fastify/websocket',
  '@opentelemetry/api', 'croner', 'decimal.js', 'ioredis', 'jose', 'kysely', 'nunjucks', 'oauth4webapi', 'openapi-fetch', 'pg', 'pg-boss', 'prom-client', 'temporal-polyfill'
]
/** Declarations that a strict app needs for some of them. */
const DECLARATIONS = ['@types/node', '@types/nunjucks', '@types/pg']

/** In the versions of this repository, so that npm finds them in its cache. */
function pinned (names: readonly string[]): string[] {
  return names.map(name => `${name}@${versionOf(name)}`)
}

/** The packages of an app that has all peers. */
export function fullApp (pair: string, fastify = versionOf('fastify')): string[] {
  return [...PAIRS[pair] ?? [], `fastify@${fastify}`, ...pinned([...PEERS, ...DECLARATIONS])]
}

/** The packages of an app that has none of the peers. */
export function bareApp (pair: string): string[] {
  return [...PAIRS[pair] ?? [], ...pinned(['fastify', '@types/node'])]
}

/** The newest Fastify 6 in the registry. */
export async function newestFastify6 (): Promise<string> {
  const found: unknown = JSON.parse(await succeed(root, 'npm', 'view', 'fastify@>=6.0.0-alpha.0', 'version', '--json'))
  const newest: unknown = [found].flat().at(-1)
  if (typeof newest !== 'string') throw new Error('there is no Fastify 6 in the registry')
  return newest
}
