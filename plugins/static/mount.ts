/**
 * Answers the requests for the files of a folder.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { hostOf, targetOf, withoutOrigin } from '../core/http/host.ts'
import type { RouteTable } from '../core/http/route-table.ts'
import { APIKIT_ERR_STATIC_METHOD } from './errors.ts'
import type { Folder } from './folder.ts'
import { isNavigation } from './navigation.ts'
import type { ParsedOptions } from './options.ts'

export class Mount {
  readonly #folder: Folder
  readonly #fallback: ParsedOptions['fallback']
  readonly #table: RouteTable
  /** Whether it gives way to all other routes, those of other methods, too. */
  readonly isFrontend: boolean
  readonly servesIndex: boolean

  constructor (folder: Folder, { frontend, fallback, html }: Pick<ParsedOptions, 'frontend' | 'fallback' | 'html'>, table: RouteTable) {
    this.#folder = folder
    this.#table = table
    this.isFrontend = frontend
    this.servesIndex = html || frontend
    this.#fallback = frontend ? fallback : html ? '404.html' : null
  }

  async serve (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.#isTaken(request)) return notFound(reply)
    const found = await this.#folder.find(wildcardOf(request))
    if (found?.kind === 'file') return reply.sendFile(found.path)
    if (found?.kind === 'folder' && this.servesIndex) {
      const index = found.path === '' ? 'index.html' : `${found.path}/index.html`
      if (await this.#folder.hasFile(index)) {
        return pathnameOf(request).endsWith('/') ? reply.sendFile(index) : reply.redirect(withSlash(request), 307)
      }
    }
    return await this.#fallBack(request, reply)
  }

  /** Answers what is neither GET nor HEAD. */
  async refuse (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.isFrontend && (this.#isTaken(request) || !await this.#serves(wildcardOf(request)))) return notFound(reply)
    const error = new APIKIT_ERR_STATIC_METHOD()
    // FastAPI's frontends say none.
    throw this.isFrontend ? error : Object.assign(error, { headers: { allow: 'GET, HEAD' } })
  }

  async #serves (path: string): Promise<boolean> {
    const found = await this.#folder.find(path)
    return found?.kind === 'file' || (found?.kind === 'folder' && await this.#folder.hasFile(`${found.path}/index.html`))
  }

  async #fallBack (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const fallback = this.#fallback
    if ((fallback === '404.html' || fallback === 'auto') && await this.#folder.hasFile('404.html')) {
      // It is not what was asked for: there is no part of it to be had, nor can it be still the same.
      return reply.code(404).sendFile('404.html', { etag: false, lastModified: false, acceptRanges: false })
    }
    if ((fallback === 'index.html' || fallback === 'auto') && isNavigation(request.headers.accept) && await this.#folder.hasFile('index.html')) {
      return reply.sendFile('index.html')
    }
    return notFound(reply)
  }

  /**
   * A frontend gives way to a route of another method. And `//admin/x` or `/%2Fadmin/x` is no way round what is declared
   * for `/admin/*`: to the router it is another path, to the file system it is not.
   */
  #isTaken (request: FastifyRequest): boolean {
    const { headers, routeOptions: { url = '' } } = request
    const pathname = pathnameOf(request)
    const above = pathname.split('/').slice(0, url.replace(/\/?\*$/, '').split('/').length)
    const below = wildcardOf(request).split('/').filter(part => part !== '').map(encodeURIComponent)
    const canonical = [...above, ...below, ...pathname.endsWith('/') ? [''] : []].join('/')
    return (this.isFrontend || canonical !== pathname) && (this.#table.has(canonical, headers) || this.#table.has(pathname, headers))
  }
}

/** Decoded. */
function wildcardOf ({ params }: FastifyRequest): string {
  return Object(params)['*'] ?? ''
}

/** As the router got it. */
function pathnameOf ({ raw: { url } }: FastifyRequest): string {
  return String(withoutOrigin(String(url)).split('?', 1)[0])
}

function withSlash (request: FastifyRequest): string {
  const host = hostOf(request)
  const origin = host === undefined ? '' : `${request.protocol}://${request.host}`
  // `//elsewhere` alone would be another host.
  return origin + targetOf(request).replace(/^\/+/, '/').replace(/(?=\?)|$/, '/')
}

function notFound (reply: FastifyReply): FastifyReply {
  reply.callNotFound()
  return reply
}
