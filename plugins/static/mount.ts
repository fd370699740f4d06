/**
 * Answers the requests for the files of a folder.
 *
 * @module
 */

import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { FILE_HEADERS, rangeAnswer } from '../core/http/file-ranges.ts'
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
  /** Whether it yields to all other routes, also those of other methods. */
  readonly isFrontend: boolean
  readonly servesIndex: boolean
  /** Files of which ranges were requested, by their answers. */
  readonly #sent = new WeakMap<FastifyReply, string>()

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
    if (found?.kind === 'file') return this.#send(reply, found.path)
    if (found?.kind === 'folder' && this.servesIndex) {
      const index = found.path === '' ? 'index.html' : `${found.path}/index.html`
      if (await this.#folder.hasFile(index)) {
        return pathnameOf(request).endsWith('/') ? this.#send(reply, index) : reply.redirect(withSlash(request), 307)
      }
    }
    return await this.#fallBack(request, reply)
  }

  /** Its ranges are answered below: @fastify/send answers one only. */
  #send (reply: FastifyReply, path: string): FastifyReply {
    if (reply.request.headers.range !== undefined) this.#sent.set(reply, join(this.#folder.root, path))
    return reply.header('accept-ranges', 'bytes').sendFile(path, { acceptRanges: false })
  }

  /** Returns what is sent of a file: the ranges that were requested, instead of all of it. */
  ranged (request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const path = this.#sent.get(reply)
    const { range, 'if-range': ifRange } = request.headers
    if (path === undefined || reply.statusCode !== 200 || reply.hasHeader('content-encoding')) return payload
    // An entity tag of @fastify/send is weak, and does not count.
    if (ifRange !== undefined && ifRange !== reply.getHeader('last-modified')) return payload
    const answer = rangeAnswer(String(range), { path, size: Number(reply.getHeader('content-length')), contentType: String(reply.getHeader('content-type')) })
    if (answer === undefined) return payload
    if (payload instanceof Readable) payload.destroy()
    if (answer.status !== 206) for (const name of FILE_HEADERS) reply.removeHeader(name)
    if (answer.contentRange !== undefined) reply.header('content-range', answer.contentRange)
    reply.code(answer.status).header('content-type', answer.contentType).header('content-length', answer.length)
    return request.method === 'HEAD' ? null : answer.body()
  }

  /** Answers methods other than GET and HEAD. */
  async refuse (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.isFrontend && (this.#isTaken(request) || !await this.#serves(wildcardOf(request)))) return notFound(reply)
    const error = new APIKIT_ERR_STATIC_METHOD()
    // FastAPI's frontends send no `allow`.
    throw this.isFrontend ? error : Object.assign(error, { headers: { allow: 'GET, HEAD' } })
  }

  async #serves (path: string): Promise<boolean> {
    const found = await this.#folder.find(path)
    return found?.kind === 'file' || (found?.kind === 'folder' && await this.#folder.hasFile(`${found.path}/index.html`))
  }

  async #fallBack (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const fallback = this.#fallback
    if ((fallback === '404.html' || fallback === 'auto') && await this.#folder.hasFile('404.html')) {
      // It is not the file that was requested, so ranges and revalidation do not apply.
      return reply.code(404).sendFile('404.html', { etag: false, lastModified: false, acceptRanges: false })
    }
    if ((fallback === 'index.html' || fallback === 'auto') && isNavigation(request.headers.accept) && await this.#folder.hasFile('index.html')) {
      return this.#send(reply, 'index.html')
    }
    return notFound(reply)
  }

  /**
   * A frontend yields to routes of other methods. And `//admin/x` or `/%2Fadmin/x` must not bypass what is declared
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

/** Returns the decoded path below the prefix. */
function wildcardOf ({ params }: FastifyRequest): string {
  return Object(params)['*'] ?? ''
}

/** Returns the path as the router got it. */
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
