/**
 * Keeps the path prefix that a proxy removes, for URLs that are sent back.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'

const kRootPath: unique symbol = Symbol('fastify-apikit.root-path')

type Rooted = FastifyInstance & { [kRootPath]?: string }

/** Returns the root path of the nearest scope that has set one, or an empty string. */
export function rootPathOf (app: FastifyInstance): string {
  return (app as Rooted)[kRootPath] ?? ''
}

/** Sets the root path for a scope and the scopes below. */
export function setRootPath (app: FastifyInstance, rootPath: string): void {
  const rooted: Rooted = app
  rooted[kRootPath] = rootPath
}
