/**
 * Files in forms.
 *
 * @module
 */

import type { Readable } from 'node:stream'
import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, kFile, Refusal } from './codec.ts'
import { domain } from './domain.ts'

/** Marks files that `fastify-apikit/forms` has read. */
export const kUpload: unique symbol = Symbol.for('fastify-apikit.upload')

interface Upload {
  readonly [kUpload]: true
  /** Name from the client, without folders. Empty if no file was chosen. Never use it as a path. */
  readonly filename: string
  /** Type from the client, such as `image/png`. Empty if it sent none. The content is not checked. */
  readonly contentType: string
  /** Headers of the part, by name in lower case, as Latin-1. */
  readonly headers: Readonly<Record<string, string>>
  /** Returns the content as text. */
  text (): Promise<string>
  /** Returns the content in memory. */
  buffer (): Promise<Buffer>
  /**
   * Writes the content to a file, completely or not at all. An existing file is replaced.
   *
   * @param path A path of yours. The name from the client may be that of another file.
   */
  save (path: string): Promise<void>
}

/** A file of a form, in memory, or on disk if it is large. It is deleted when its request has ended. */
export interface UploadFile extends Upload {
  /** Size in bytes. */
  readonly size: number
  /** Returns a stream from the start of the file, each time. */
  stream (): Readable
}

/** A file that is still being sent. Read it once, with one of the methods. It is not stored. */
export interface StreamedFile extends Upload {
  /** Bytes that have arrived so far. */
  readonly bytesRead: number
  /** The content as it arrives. The stream fails when the client disconnects, or the file is too large. */
  stream (): Readable
}

export interface FileOptions extends SchemaOptions {
  /** If true, the handler is called when the file starts to arrive, and reads it itself. It must be the last part of the form. Default: false. */
  stream?: boolean
}

function isUpload (value: unknown): value is Upload {
  return typeof value === 'object' && value !== null && kUpload in value
}

const NO_FILE = new Refusal('value_error', "Value error, Expected UploadFile, received: <class 'str'>", { error: {} })

const codec: Codec<Upload> = {
  label: 'file',
  is: isUpload,
  parse: input => isUpload(input) ? input : NO_FILE
}

/**
 * Declares a file in a `Form`: an `UploadFile` in the handler. FastAPI's `UploadFile`. `Bytes()` in a form is its `bytes = File()`.
 * Needs `fastify-apikit/forms`. Error: `value_error`.
 *
 * @param options `stream: true` passes the file on while it arrives. Also the options of all schemas.
 * @example
 * ```ts
 * const body = Form({ avatar: File(), photos: Type.Array(File()), token: Type.String() })
 * app.post('/users', { schema: { body } }, async ({ body: { avatar } }) => ({ name: avatar.filename, size: avatar.size }))
 * ```
 * @see https://fastapi.tiangolo.com/tutorial/request-files/
 */
export function File (options?: FileOptions & { stream?: false }): TUnsafe<UploadFile>
export function File (options: FileOptions & { stream: true }): TUnsafe<StreamedFile>
export function File ({ stream = false, ...options }: FileOptions = {}): TUnsafe<never> {
  return domain({ type: 'string', contentMediaType: 'application/octet-stream' }, options, { [kCodec]: codec, [kFile]: stream ? 'stream' : 'file' })
}
