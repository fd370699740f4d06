/**
 * The files of the pages, from their packages.
 *
 * @module
 */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { RouteHandlerMethod } from 'fastify'
import { optionalPeer, resolvePeer } from '../core/peer.ts'

export interface Asset {
  readonly name: string
  readonly type: string
  read (): Promise<Buffer>
}

const TYPES: Readonly<Record<string, string>> = { '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.png': 'image/png' }

function asset (name: string, read: () => Promise<Buffer>): Asset {
  return { name, type: String(TYPES[extname(name)]), read }
}

/** A file whose text is known. */
export function textAsset (name: string, text: string): Asset {
  return asset(name, async () => Buffer.from(text))
}

/** JSON text, written on first use. */
export function jsonAsset (name: string, write: () => string): Asset {
  return { name, type: 'application/json', read: async () => Buffer.from(write()) }
}

/**
 * @param owner Plugin that needs the package, for the message.
 * @param path Path inside the package.
 * @throws APIKIT_ERR_MISSING_PEER when the package is not installed.
 */
export function packageAsset (owner: string, specifier: string, path: string): Asset {
  const manifest = `${specifier}/package.json`
  optionalPeer(owner, manifest)
  return asset(basename(path), () => readFile(join(dirname(resolvePeer(manifest)), path)))
}

/** Sends a file, which is read on first use, or a 304 if the client has it. */
export function serveAsset ({ type, read }: Asset): RouteHandlerMethod {
  let content: Promise<{ body: Buffer, etag: string }> | undefined
  const load = async () => {
    const body = await read()
    return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` }
  }
  return async (request, reply) => {
    content ??= load()
    const { body, etag } = await content.catch(error => {
      content = undefined
      throw error
    })
    reply.header('etag', etag).header('cache-control', 'no-cache')
    if (hasTag(request.headers['if-none-match'], etag)) return reply.code(304).send()
    return reply.type(type).send(body)
  }
}

/**
 * Tells whether the client has this version. A compressing proxy makes its tag weak.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
 */
function hasTag (known: string | undefined, etag: string): boolean {
  return known?.split(',').some(tag => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) === true
}
