/**
 * Reads the form of one request, and releases its files after the handler and the response.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RoutePlan } from '../core/plan/route-plan.ts'
import { linger } from './linger.ts'
import { type FormPlan, MultipartForm } from './multipart-form.ts'
import type { FormSource } from './multipart-parts.ts'
import { type StoreOptions, UploadStore } from './upload-store.ts'

type Fields = Record<string, unknown>

export const kForm: unique symbol = Symbol('fastify-apikit.forms.form')

/** Not decorated: Fastify would write it on every request, and few of them are forms. */
export interface WithForm {
  [kForm]?: RequestForm
}

export class RequestForm {
  readonly store: UploadStore
  readonly #source: FormSource
  readonly #plan: FormPlan
  #form: MultipartForm | undefined
  #fields: Promise<Fields> | undefined

  constructor (request: FastifyRequest, source: FormSource, plan: FormPlan, store: StoreOptions) {
    this.store = new UploadStore(request, store)
    this.#source = source
    this.#plan = plan
  }

  /** Returns the fields. They are read on the first call. */
  async read (): Promise<Fields> {
    return await (this.#fields ??= this.#read())
  }

  /** Stops reading. */
  abandon (): void {
    this.#form?.abandon()
  }

  async #read (): Promise<Fields> {
    try {
      this.#form = new MultipartForm(this.#source, this.#plan, this.store)
      return await this.#form.read()
    } catch (error) {
      this.store.fail()
      throw error
    }
  }
}

/** Runs the handler while the files of its form are kept. */
export function aroundHandler (request: FastifyRequest & WithForm, reply: FastifyReply, handler: () => unknown): unknown {
  const form = request[kForm]
  return form === undefined ? handler() : form.store.handle(reply, handler)
}

/** Releases what the handler has not read. */
export function beforeSend (request: FastifyRequest & WithForm, reply: FastifyReply): void {
  const form = request[kForm]
  form?.store.answer(reply)
  form?.abandon()
  linger(request.raw)
}

/** Adds both to a route. */
export function closeBehind ({ slots: { around, send } }: RoutePlan): void {
  around.files = handler => function (request, reply) {
    return aroundHandler(request, reply, () => handler.call(this, request, reply))
  }
  send.files = beforeSend
}
