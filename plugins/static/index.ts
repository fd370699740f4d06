/**
 * Serves static files from a folder, and built frontends.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/static-files/
 * @see https://fastapi.tiangolo.com/tutorial/frontend/
 */

import { statSync } from 'node:fs'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { optionalPeer } from '../core/peer.ts'
import { keepNames } from '../core/http/named-routes.ts'
import { parseOptions } from '../core/options.ts'
import { routeTableOf } from '../core/http/route-table.ts'
import { kOutside, kPublic, kUndecided, kUnlisted, markedBy } from '../core/http/own-routes.ts'
import { contentTypeOf } from './content-type.ts'
import { APIKIT_ERR_STATIC } from './errors.ts'
import { Folder } from './folder.ts'
import { Mount } from './mount.ts'
import { type ParsedOptions, StaticOptions } from './options.ts'

const name = 'fastify-apikit/static'

export * from './errors.ts'
export { StaticOptions }

const plugin: FastifyPluginAsync<StaticOptions> = async (app, options) => {
  const parsed = parseOptions(name, StaticOptions, options, app)
  const { root, maxAge, immutable, precompressed } = parsed
  const send = optionalPeer<typeof import('@fastify/static')>(name, '@fastify/static')
  if (parsed.fallback !== 'auto' && !parsed.frontend) throw new APIKIT_ERR_STATIC('fallback needs frontend: true. For a 404.html without a frontend, use html: true')
  const folder = new Folder(root)
  if (parsed.checkRoot) await check(folder, parsed)

  const table = routeTableOf(app)
  const prefix = parsed.prefix.replace(/\/+$/, '')
  const folderUrl = `${app.prefix.replace(/\/$/, '')}${prefix}/`
  table.addFolder(folderUrl)
  keepNames(app).add(parsed.name, app, `${folderUrl}*`)

  // In a scope of its own, so that the decorators of @fastify/static do not reach the app.
  await app.register(async scope => {
    await scope.register(send, {
      serve: false,
      root: folder.root,
      suppressWarning: true,
      dotfiles: 'ignore',
      index: false,
      maxAge: maxAge * 1000,
      immutable,
      preCompressed: precompressed,
      setHeaders (reply, path) {
        const type = reply.getHeader('content-type')
        if (type !== undefined) reply.type(contentTypeOf(path, String(type)))
        if (path.endsWith('.html')) reply.header('cache-control', 'no-cache')
      }
    })
    const mount = new Mount(folder, parsed, table)
    scope.addHook('onSend', async (request, reply, payload) => {
      // The type of a compressed file is set behind `setHeaders`.
      if (reply.hasHeader('content-encoding')) reply.type(contentTypeOf(request.url, String(reply.getHeader('content-type'))))
      return mount.ranged(request, reply, payload)
    })
    declare(scope, prefix, mount, marksOf(parsed))
  })
}

async function check (folder: Folder, { frontend, fallback }: ParsedOptions): Promise<void> {
  if (statSync(folder.root, { throwIfNoEntry: false })?.isDirectory() !== true) throw new APIKIT_ERR_STATIC(`root must be an existing folder, got ${folder.root}. Create it, or set checkRoot: false`)
  if (frontend && fallback !== null && fallback !== 'auto' && !await folder.hasFile(fallback)) throw new APIKIT_ERR_STATIC(`fallback must be a file in root, but ${fallback} does not exist in ${folder.root}`)
}

/** As in FastAPI, dependencies of the app apply to its frontends, and not to other files. */
function marksOf ({ frontend, public: isPublic }: ParsedOptions): symbol[] {
  if (isPublic === undefined) return frontend ? [kUnlisted] : [kUnlisted, kOutside, kUndecided]
  return isPublic ? [kUnlisted, kOutside, kPublic] : [kUnlisted]
}

function declare (scope: FastifyInstance, prefix: string, mount: Mount, marks: readonly symbol[]): void {
  const shared = {
    schema: { hide: true },
    config: markedBy(...marks)
  }
  const others = scope.supportedMethods.filter(method => !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method))
  for (const url of mount.servesIndex && prefix !== '' ? [prefix, `${prefix}/*`] : [`${prefix}/*`]) {
    scope.route({ ...shared, method: ['GET', 'HEAD'], url, handler: (request, reply) => mount.serve(request, reply) })
    // Before a body is read.
    const refuse = (request: FastifyRequest, reply: FastifyReply) => mount.refuse(request, reply)
    scope.route({ ...shared, method: others, url, onRequest: refuse, handler: refuse })
  }
}

export const staticFiles = fp(plugin, { name, fastify: '5.x || 6.x' })
export { staticFiles as static }
export default staticFiles
