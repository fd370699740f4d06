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

/** What marks the files that `fastify-apikit/forms` has read. */
export const kUpload: unique symbol = Symbol.for('fastify-apikit.upload')

interface Upload {
  readonly [kUpload]: true
  /** What the client calls it, without folders; empty when a form was sent with no file chosen. Never a path to write to. */
  readonly filename: string
  /** What the client says: `image/png`; empty when it says nothing. The content is not checked. */
  readonly contentType: string
  /** The headers of the part by name in lower case, in Latin-1 as they came. */
  readonly headers: Readonly<Record<string, string>>
  /** All of it as text. */
  text (): Promise<string>
  /** All of it, in memory. */
  buffer (): Promise<Buffer>
  /**
   * Writes it to a file, which is there whole or not at all, and takes the place of one that was there.
   *
   * @param path yours: what the client calls a file may be the name of another
   */
  save (path: string): Promise<void>
}

/** A file of a form: in memory, or on disk when it is large. It is gone when its request is over. */
export interface UploadFile extends Upload {
  /** In bytes. */
  readonly size: number
  /** Reads it from its beginning; as often as wanted. */
  stream (): Readable
}

/** A file that is still on its way: it is read once, by one of the methods, and kept nowhere. */
export interface StreamedFile extends Upload {
  /** Bytes that have come so far. */
  readonly bytesRead: number
  /** The file as it comes. It fails when the client goes, or when the file is larger than allowed. */
  stream (): Readable
}

export interface FileOptions extends SchemaOptions {
  /** The handler is called when the file begins to come, and reads it itself: nothing is kept. It is the last part of the form. */
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
 * A file in a `Form`: `UploadFile` in the handler. FastAPI's `UploadFile`; `Bytes()` in a form is its `bytes = File()`.
 * Needs `fastify-apikit/forms`. A text where a file should be is a `value_error`.
 *
 * @param options `stream: true` hands over the file while it comes; and those of every schema
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
