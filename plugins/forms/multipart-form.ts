/**
 * Reads a multipart form by @fastify/multipart, part by part: fields as text, files into memory or onto the disk.
 *
 * @module
 */

import type { ServerResponse } from 'node:http'
import type { MultipartFile, MultipartValue } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FileKind } from '../core/schema/form-fields.ts'
import { APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE } from './errors.ts'
import { IncomingBody, MALFORMED } from './incoming-body.ts'
import { type FormLimits, kilobytes } from './limits.ts'
import { headOf } from './part-head.ts'
import { SpooledFile } from './spooled-file.ts'
import { IncomingFile } from './incoming-file.ts'
import type { UploadStore } from './upload-store.ts'

type Part = MultipartFile | MultipartValue
type Fields = Record<string, unknown>

/** What a route wants of a form. */
export interface FormPlan {
  /** The files among its fields, by name. */
  readonly files: ReadonlyMap<string, FileKind>
  /** Files that nobody has declared are kept as well. */
  readonly keepsOthers: boolean
  readonly limits: FormLimits
}

/** The body ended in the middle of a part, which is not counted, as in FastAPI. */
class CutOff extends Error {}

const CUT_OFF = /unexpected end of multipart data$/i

/** What the parser threw, in our words. */
function refusal (cause: unknown): Error {
  if (cause instanceof APIKIT_ERR_FORM || cause instanceof APIKIT_ERR_FORM_SIZE) return cause
  if (CUT_OFF.test(String(Object(cause).message))) return new CutOff()
  return Object.assign(new APIKIT_ERR_FORM(MALFORMED), { cause })
}

// JSON comes as a stream, too: as a field @fastify/multipart would parse it, and a field is text, whatever its type.
const isStreamed = (_name: string | undefined, type: string | undefined, filename: string | undefined): boolean =>
  filename !== undefined || type?.startsWith('application/json') === true

export class MultipartForm {
  readonly #plan: FormPlan
  readonly #response: ServerResponse
  readonly #body: IncomingBody
  readonly #parts: AsyncIterator<Part>
  readonly #store: UploadStore
  readonly #fields: Fields = Object.create(null)
  readonly #counts = { parts: 0, fields: 0, files: 0 }
  #file: MultipartFile | undefined
  #isOver = false

  /** @throws APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE when the headers say enough */
  constructor (request: FastifyRequest, response: ServerResponse, plan: FormPlan, store: UploadStore) {
    this.#plan = plan
    this.#response = response
    this.#store = store
    this.#body = new IncomingBody(request.raw, plan.limits.total)
    const { parts, fieldSize } = plan.limits
    this.#parts = request.parts({
      isPartAFile: isStreamed,
      // Counted below, in FastAPI's words; these keep what is not counted yet from growing.
      limits: { parts: parts + 1, fields: Infinity, files: Infinity, fieldSize, fileSize: Infinity, headerPairs: 32 }
    })
  }

  /** Reads all of it, or up to the file that the handler reads itself. */
  async read (): Promise<Fields> {
    try {
      for (let part = await this.#next(); part !== undefined; part = await this.#next()) {
        this.#count(part)
        if (part.type === 'field' || part.filename === undefined) this.#add(part.fieldname, await this.#text(part))
        else if (this.#plan.files.get(part.fieldname) === 'stream') return this.#handOver(part)
        else this.#add(part.fieldname, await this.#spool(part))
      }
    } catch (error) {
      if (!(error instanceof CutOff)) {
        this.abandon()
        throw error
      }
    }
    this.#body.leave()
    return this.#fields
  }

  /** Nobody reads on. */
  abandon (): void {
    this.#isOver = true
    this.#file?.file.destroy()
    this.#body.abandon(this.#response)
  }

  /** The rest of the form is left to the handler. */
  get isOpen (): boolean {
    return this.#file !== undefined && !this.#isOver
  }

  async #next (): Promise<Part | undefined> {
    let result: IteratorResult<Part>
    try {
      const next = this.#parts.next()
      if (this.#counts.parts === 0) this.#body.watch()
      result = await this.#body.until(next)
    } catch (error) {
      throw refusal(error)
    }
    return result.done === true ? undefined : result.value
  }

  #count (part: Part): void {
    const { limits } = this.#plan
    const kind = part.type === 'file' && part.filename !== undefined ? 'files' : 'fields'
    if (typeof part.fieldname !== 'string') throw new APIKIT_ERR_FORM('The Content-Disposition header field "name" must be provided.')
    if (++this.#counts[kind] > limits[kind]) throw new APIKIT_ERR_FORM(`Too many ${kind}. Maximum number of ${kind} is ${limits[kind]}.`)
    if (++this.#counts.parts > limits.parts) throw new APIKIT_ERR_FORM(`Too many parts. Maximum number of parts is ${limits.parts}.`)
  }

  #add (name: string, value: unknown): void {
    const before = this.#fields[name]
    if (before === undefined) this.#fields[name] = value
    else if (Array.isArray(before)) before.push(value)
    else this.#fields[name] = [before, value]
  }

  async #text (part: Part): Promise<string> {
    const { fieldSize } = this.#plan.limits
    const tooLarge = (): Error => new APIKIT_ERR_FORM(`Part exceeded maximum size of ${kilobytes(fieldSize)}.`)
    if (part.type === 'field') {
      if (part.valueTruncated) throw tooLarge()
      return String(part.value)
    }
    const chunks: Buffer[] = []
    for await (const chunk of this.#chunks(part, fieldSize, tooLarge)) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }

  async #spool (part: MultipartFile): Promise<unknown> {
    const kind = this.#plan.files.get(part.fieldname)
    const file = new SpooledFile(headOf(part), this.#store)
    const isKept = kind !== undefined || this.#plan.keepsOthers
    for await (const chunk of this.#content(part)) {
      if (isKept) await file.write(chunk, kind === 'bytes')
      else file.size += chunk.length
    }
    file.seal()
    return kind === 'bytes' ? await file.buffer() : file
  }

  #handOver (part: MultipartFile): Fields {
    this.#file = part
    this.#add(part.fieldname, new IncomingFile(headOf(part), this.#toTheEnd(part)))
    return this.#fields
  }

  async * #toTheEnd (part: MultipartFile): AsyncGenerator<Buffer> {
    try {
      yield * this.#content(part)
      const next = await this.#next()
      if (next !== undefined) throw new APIKIT_ERR_FORM(`The file "${part.fieldname}" must be the last part of the form.`)
      this.#isOver = true
    } catch (error) {
      // What came is not all, and the handler must not take it for that.
      throw error instanceof CutOff ? new APIKIT_ERR_FORM(MALFORMED) : error
    } finally {
      this.#body.leave()
    }
  }

  #content (part: MultipartFile): AsyncGenerator<Buffer> {
    const { fileSize } = this.#plan.limits
    return this.#chunks(part, fileSize, () => new APIKIT_ERR_FORM_SIZE(`File exceeded maximum size of ${kilobytes(fileSize)}.`))
  }

  async * #chunks (part: MultipartFile, most: number, tooLarge: () => Error): AsyncGenerator<Buffer> {
    this.#file = part
    const chunks = part.file[Symbol.asyncIterator]()
    const next = (): Promise<IteratorResult<Buffer>> => this.#body.until(chunks.next()).catch(error => { throw refusal(error) })
    let size = 0
    for (let chunk = await next(); chunk.done !== true; chunk = await next()) {
      size += chunk.value.length
      if (size > most) throw tooLarge()
      yield chunk.value
    }
  }
}
