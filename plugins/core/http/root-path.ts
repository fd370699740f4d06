/**
 * The path that a proxy takes off before the app sees it, for whoever writes URLs that are sent back.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'

const kRootPath: unique symbol = Symbol('fastify-apikit.root-path')

type Rooted = FastifyInstance & { [kRootPath]?: string }

/** Returns that of the nearest scope that has said so; else it is empty. */
export function rootPathOf (app: FastifyInstance): string {
  return (app as Rooted)[kRootPath] ?? ''
}

/** Sets it for a scope and all below. */
export function setRootPath (app: FastifyInstance, rootPath: string): void {
  const rooted: Rooted = app
  rooted[kRootPath] = rootPath
}
