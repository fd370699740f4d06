/**
 * Sends files, with ranges and conditional requests.
 *
 * @module
 */

import { createReadStream } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { FastifyReply } from 'fastify'
import { FILE_HEADERS, rangeAnswer, type RangedFile } from '../core/http/file-ranges.ts'
import { optionalPeer } from '../core/peer.ts'
import { withCharset } from './content-type.ts'
import { APIKIT_ERR_FILE } from './errors.ts'

/** A file, and how to send it. */
export interface FileAnswer {
  readonly path: string | URL
  /** File name for the client, in `content-disposition`. */
  readonly filename?: string
  /** Content type. By default guessed from the name. */
  readonly contentType?: string
  /** Whether a browser saves the file (`attachment`) or shows it (`inline`). Only with `filename`. Default: `attachment`. */
  readonly disposition?: 'attachment' | 'inline'
}

/** @param contentType Content type of files without their own. */
export function fileAnswer (file: string | URL | FileAnswer, contentType?: string): FileAnswer {
  const answer: FileAnswer = typeof file === 'string' || file instanceof URL ? { path: file } : file
  return contentType === undefined ? answer : { contentType, ...answer }
}

/**
 * Sends a file from any handler: 206 for ranges, 304 if the client has it, only headers for a HEAD.
 *
 * ```ts
 * return sendFile(reply, { path: '/srv/r1.pdf', filename: 'report.pdf' })
 * ```
 *
 * @param file The path, or an object with the path. The path is not checked: never pass one from a client.
 * @throws APIKIT_ERR_FILE when the file does not exist.
 * @see https://fastapi.tiangolo.com/advanced/custom-response/#fileresponse
 */
export async function sendFile (reply: FastifyReply, file: string | URL | FileAnswer): Promise<FastifyReply> {
  const { path, filename, contentType, disposition = 'attachment' } = fileAnswer(file)
  const absolute = resolve(path instanceof URL ? fileURLToPath(path) : path)
  const { statusCode, headers, mime } = await look(absolute, reply)

  setHeader(reply, 'content-type', withCharset(contentType ?? mime.getType(filename ?? absolute) ?? 'application/octet-stream'))
  for (const [name, value] of Object.entries(headers)) if (!name.startsWith('Content-')) setHeader(reply, name.toLowerCase(), value)
  if (filename !== undefined) setHeader(reply, 'content-disposition', dispositionOf(disposition, filename))
  // Not modified, or a failed precondition.
  if (statusCode !== 200) return reply.code(statusCode).removeHeader('content-type').send()

  const found = { path: absolute, size: Number(headers['Content-Length']), contentType: String(reply.getHeader('content-type')) }
  const { range, 'if-range': ifRange } = reply.request.headers
  return range === undefined || (ifRange !== undefined && ifRange !== headers['Last-Modified']) ? sendWhole(reply, found) : sendRanges(reply, found, range)
}

function setHeader (reply: FastifyReply, name: string, value: string): void {
  if (!reply.hasHeader(name)) reply.header(name, value)
}

function loadSend (): typeof import('@fastify/send') {
  return optionalPeer('fastify-apikit/responses', '@fastify/send')
}

/** @throws APIKIT_ERR_MISSING_PEER when @fastify/send is not installed. */
export function requireSend (): void {
  loadSend()
}

/** Reads the status of the file, and evaluates the conditions of the request, except ranges. */
async function look (absolute: string, { request }: FastifyReply): Promise<{ statusCode: number, headers: Record<string, string>, mime: { getType (path: string): string | null } }> {
  const send = loadSend()
  // As a HEAD, so that the file is not opened yet.
  const head = { method: 'HEAD', headers: { ...request.headers, range: undefined } }
  const options = { root: dirname(absolute), index: false, cacheControl: false, dotfiles: 'allow' } as const
  const result = await send(head as never, encodeURIComponent(basename(absolute)), options)
  if (result.type === 'file') return { statusCode: result.statusCode, headers: result.headers, mime: send.mime }
  if (result.statusCode === 412) return { statusCode: 412, headers: {}, mime: send.mime }
  throw new APIKIT_ERR_FILE({ cause: new Error(`${absolute} is not a file`, { cause: Object(result.metadata).error }) })
}

/** As Starlette: characters outside ASCII are percent-encoded, in UTF-8. */
function dispositionOf (disposition: string, filename: string): string {
  const quoted = filename.toWellFormed().replace(/[^\w.\-~/]+/g, text => encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`))
  return quoted === filename ? `${disposition}; filename="${filename}"` : `${disposition}; filename*=utf-8''${quoted}`
}

function sendBytes (reply: FastifyReply, length: number, body: () => Readable): FastifyReply {
  // An empty stream: for a missing body Fastify would send a length of 0.
  return reply.header('content-length', length).send(reply.request.method === 'HEAD' ? Readable.from([]) : body())
}

function sendWhole (reply: FastifyReply, found: RangedFile): FastifyReply {
  return sendBytes(reply, found.size, () => found.size === 0 ? Readable.from([]) : createReadStream(found.path))
}

function sendRanges (reply: FastifyReply, found: RangedFile, header: string): FastifyReply {
  const answer = rangeAnswer(header, found)
  if (answer === undefined) return sendWhole(reply, found)
  const { status, contentType, contentRange, length, body } = answer
  if (status !== 206) for (const name of FILE_HEADERS) reply.removeHeader(name)
  if (contentRange !== undefined) reply.header('content-range', contentRange)
  return sendBytes(reply.code(status).header('content-type', contentType), length, body)
}
