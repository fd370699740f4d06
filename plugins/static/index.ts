/**
 * Serves the files of a folder, and frontends that are built into one.
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
  if (parsed.fallback !== 'auto' && !parsed.frontend) throw new APIKIT_ERR_STATIC('fallback: it is for a frontend; add `frontend: true`, or take html for a 404.html')
  const folder = new Folder(root)
  if (parsed.checkRoot) await check(folder, parsed)

  const table = routeTableOf(app)
  const prefix = parsed.prefix.replace(/\/+$/, '')
  const folderUrl = `${app.prefix.replace(/\/$/, '')}${prefix}/`
  table.addFolder(folderUrl)
  keepNames(app).add(parsed.name, app, `${folderUrl}*`)

  // In a scope of their own: what is decorated here is nobody else's.
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
    // The type of a compressed file is set behind `setHeaders`.
    scope.addHook('onSend', async (request, reply, payload) => {
      if (reply.hasHeader('content-encoding')) reply.type(contentTypeOf(request.url, String(reply.getHeader('content-type'))))
      return payload
    })
    declare(scope, prefix, new Mount(folder, parsed, table), marksOf(parsed))
  })
}

async function check (folder: Folder, { frontend, fallback }: ParsedOptions): Promise<void> {
  if (statSync(folder.root, { throwIfNoEntry: false })?.isDirectory() !== true) throw new APIKIT_ERR_STATIC(`root: ${folder.root} is no folder`)
  if (frontend && fallback !== null && fallback !== 'auto' && !await folder.hasFile(fallback)) throw new APIKIT_ERR_STATIC(`fallback: there is no ${fallback} in ${folder.root}`)
}

/** As in FastAPI, what the routes of an app depend on is asked of its frontends, and not of other files. */
function marksOf ({ frontend, public: isPublic }: ParsedOptions): symbol[] {
  if (isPublic === undefined) return frontend ? [kUnlisted] : [kUnlisted, kOutside, kUndecided]
  return isPublic ? [kUnlisted, kOutside, kPublic] : [kUnlisted]
}

function declare (scope: FastifyInstance, prefix: string, mount: Mount, marks: readonly symbol[]): void {
  const shared = {
    schema: { hide: true },
    config: markedBy(...marks),
    errorHandler: answerRange(scope)
  }
  const others = scope.supportedMethods.filter(method => !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method))
  for (const url of mount.servesIndex && prefix !== '' ? [prefix, `${prefix}/*`] : [`${prefix}/*`]) {
    scope.route({ ...shared, method: ['GET', 'HEAD'], url, handler: (request, reply) => mount.serve(request, reply) })
    // Before a body is read.
    const refuse = (request: FastifyRequest, reply: FastifyReply) => mount.refuse(request, reply)
    scope.route({ ...shared, method: others, url, onRequest: refuse, handler: refuse })
  }
}

/** A range that the file does not have is answered without a body, as FastAPI does. */
function answerRange (scope: FastifyInstance): FastifyInstance['errorHandler'] {
  return function (error, request, reply) {
    const { statusCode, headers } = Object(error)
    if (statusCode !== 416) return scope.errorHandler(error, request, reply)
    const range: string = headers['Content-Range']
    reply.code(416).header('content-range', range).type('text/plain; charset=utf-8').send('')
  }
}

export const staticFiles = fp(plugin, { name, fastify: '5.x || 6.x' })
export { staticFiles as static }
export default staticFiles
