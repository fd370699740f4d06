/**
 * What a part of a multipart form says of itself.
 *
 * @module
 */

import type { MultipartFile } from '@fastify/multipart'

export interface PartHead {
  readonly filename: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
}

export function headOf ({ filename, mimetype, encoding }: MultipartFile): PartHead {
  return { filename, contentType: mimetype, headers: { 'content-type': mimetype, 'content-transfer-encoding': encoding } }
}
