/**
 * The files of the pages, from their packages.
 *
 * @module
 */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { RouteHandlerMethod } from 'fastify'
import { prefixOf } from '../core/http/root-path.ts'
import { optionalPeer, resolvePeer } from '../core/peer.ts'

export interface Asset {
  readonly name: string
  readonly type: string
  /** Whether its content has URLs, which begin with the prefix of the proxy. */
  readonly hasUrls?: boolean
  /** @param root Path prefix that the proxy removes. */
  read (root: string): Promise<Buffer>
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
export function jsonAsset (name: string, write: (root: string) => string): Asset {
  return { name, type: 'application/json', hasUrls: true, read: async root => Buffer.from(write(root)) }
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

interface Content {
  readonly body: Buffer
  readonly etag: string
}

/** Proxies have few prefixes. One that passes on those of clients must not fill the memory. */
const MAX_CONTENTS = 8

/** Sends a file, which is read on first use, or a 304 if the client has it. */
export function serveAsset ({ type, hasUrls = false, read }: Asset): RouteHandlerMethod {
  const contents = new Map<string, Promise<Content>>()
  const load = async (root: string): Promise<Content> => {
    const body = await read(root)
    return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` }
  }
  const keep = (root: string): Promise<Content> => {
    const content = load(root)
    if (contents.size === MAX_CONTENTS) contents.delete([...contents.keys()][0] as string)
    contents.set(root, content)
    return content
  }
  return async (request, reply) => {
    const root = hasUrls ? prefixOf(request) : ''
    const { body, etag } = await (contents.get(root) ?? keep(root)).catch(error => {
      contents.delete(root)
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
