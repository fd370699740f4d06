/**
 * Reads a multipart form part by part: fields as text, files into memory or onto the disk.
 *
 * @module
 */

import type { FileKind } from '../core/schema/form-fields.ts'
import type { UploadFile } from '../types/index.ts'
import { APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE } from './errors.ts'
import { IncomingFile } from './incoming-file.ts'
import { type FormLimits, kilobytes, sizeOf } from './limits.ts'
import { type FormSource, MultipartParts, type Part } from './multipart-parts.ts'
import { decodeText, type FileHead, headOf, isFile, type PartHead } from './part-head.ts'
import { SpooledFile } from './spooled-file.ts'
import type { UploadStore } from './upload-store.ts'

/** Fields and files by name, repeated ones as a list. The object has no prototype. */
export type FormFields = Record<string, FormValue | FormValue[]>
export type FormValue = string | UploadFile

/** Describes what a route reads of a form. */
export interface FormPlan {
  /** Declared files, by name. */
  readonly files: ReadonlyMap<string, FileKind>
  /** Names of all declared fields. */
  readonly names: ReadonlySet<string>
  /** Names of those that take several values. */
  readonly lists: ReadonlySet<string>
  /** Whether undeclared files are kept as well. */
  readonly keepsOthers: boolean
  readonly limits: FormLimits
}

export class MultipartForm {
  readonly #plan: FormPlan
  readonly #parts: MultipartParts
  readonly #store: UploadStore
  readonly #fields: Record<string, unknown> = Object.create(null)
  readonly #counts = { parts: 0, fields: 0, files: 0 }

  /** @throws APIKIT_ERR_FORM, APIKIT_ERR_FORM_SIZE when the headers say enough */
  constructor (source: FormSource, plan: FormPlan, store: UploadStore) {
    this.#plan = plan
    this.#store = store
    this.#parts = new MultipartParts(source, plan.limits.total)
  }

  /** Reads the whole form, or up to the file that the handler streams. */
  async read (): Promise<Record<string, unknown>> {
    try {
      for (let part = await this.#parts.next(); part !== undefined; part = await this.#parts.next()) {
        const head = headOf(part.headers)
        this.#count(head)
        if (!isFile(head)) this.#add(head.name, await this.#text(part))
        else if (this.#plan.files.get(head.name) !== 'stream') await this.#spool(part, head)
        else if (await this.#handOver(part, head)) break
      }
    } catch (error) {
      this.abandon()
      throw error
    }
    return this.#fields
  }

  /** Stops reading. */
  abandon (): void {
    this.#parts.abandon()
  }

  #count (head: PartHead): void {
    const { limits } = this.#plan
    const kind = isFile(head) ? 'files' : 'fields'
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
    const chunks: Buffer[] = []
    for await (const chunk of this.#read(part, fieldSize, tooLarge)) chunks.push(chunk)
    return decodeText(Buffer.concat(chunks))
  }

  /** Returns whether a declared file input had no selection, and counts as not sent. */
  #isUnselected ({ name, isNameless }: FileHead, size: number): boolean {
    return isNameless && size === 0 && this.#plan.names.has(name)
  }

  async #spool (part: Part, head: FileHead): Promise<void> {
    const kind = this.#plan.files.get(head.name)
    const file = new SpooledFile(head, this.#store)
    const isKept = kind !== undefined || this.#plan.keepsOthers
    for await (const chunk of this.#content(part)) {
      if (isKept) await file.write(chunk, kind === 'bytes')
      else file.size += chunk.length
    }
    file.seal()
    if (!this.#isUnselected(head, file.size)) this.#add(head.name, kind === 'bytes' ? await file.buffer() : file)
    // The last value counts, and this one was not sent.
    else if (!this.#plan.lists.has(head.name)) Reflect.deleteProperty(this.#fields, head.name)
  }

  /** Returns whether there is a file for the handler to read. */
  async #handOver (part: Part, head: FileHead): Promise<boolean> {
    const content = this.#toTheEnd(part, head)
    if (!head.isNameless) {
      this.#add(head.name, new IncomingFile(head, content))
      return true
    }
    // Whether one was selected is known when its first bytes come.
    const first = await content.next()
    if (first.done === true) return false
    this.#add(head.name, new IncomingFile(head, behind(first.value, content)))
    return true
  }

  async * #toTheEnd (part: Part, { name }: FileHead): AsyncGenerator<Buffer> {
    yield * this.#content(part)
    if (await this.#parts.next() !== undefined) throw new APIKIT_ERR_FORM(`The file "${name}" must be the last part of the form.`)
  }

  #content (part: Part): AsyncGenerator<Buffer> {
    const { fileSize } = this.#plan.limits
    return this.#read(part, fileSize, () => new APIKIT_ERR_FORM_SIZE(`File exceeded maximum size of ${sizeOf(fileSize)}.`))
  }

  async * #read (part: Part, most: number, tooLarge: () => Error): AsyncGenerator<Buffer> {
    let size = 0
    for await (const chunk of this.#parts.read(part)) {
      size += chunk.length
      if (size > most) throw tooLarge()
      yield chunk
    }
  }
}

async function * behind (first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield * rest
}
