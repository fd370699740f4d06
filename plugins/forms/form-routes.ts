/**
 * What the plugin adds to each route: the step that makes fields of a body, before they are checked.
 *
 * @module
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes } from 'fastify'
import { type FileKind, fieldsOf, fileKindOf, formsOf } from '../core/schema/form-fields.ts'
import type { Refuse, RoutePlan, Schema } from '../core/plan/route-plan.ts'
import { discard } from './incoming-body.ts'
import type { FormLimits } from './limits.ts'
import { type FormPlan, MultipartForm } from './multipart-form.ts'
import { UploadStore, type StoreOptions } from './upload-store.ts'
import { UrlencodedForm } from './urlencoded-form.ts'

/** Makes a body what the route takes it for. */
type ReadBody = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

/** Routes with these are sent no body. */
const BODILESS = new Set(['GET', 'HEAD', 'TRACE'])

const kForm: unique symbol = Symbol('fastify-apikit.forms.form')

// Not decorated: Fastify would write it on every request, and few of them are forms.
interface WithForm {
  [kForm]?: { readonly form: MultipartForm, readonly store: UploadStore }
}

export class FormRoutes {
  readonly #limits: FormLimits
  readonly #store: StoreOptions
  readonly #limitsOf: (given: unknown, refuse: Refuse) => Partial<FormLimits>

  /** @param limitsOf checks the limits that a route has for itself */
  constructor (limits: FormLimits, store: StoreOptions, limitsOf: (given: unknown, refuse: Refuse) => Partial<FormLimits>) {
    this.#limits = limits
    this.#store = store
    this.#limitsOf = limitsOf
  }

  /** Fills the slots of a route. */
  add (plan: RoutePlan): void {
    const { route } = plan
    if ([route.method].flat().every(method => BODILESS.has(method)) && plan.inputs.body === undefined) return

    let read: ReadBody | undefined
    plan.slots.body = (request, reply) => read?.(request, reply)
    // Without a body of its own the route may depend on somebody who reads a form.
    if (plan.inputs.body === undefined || formsOf(plan.inputs.body).length > 0) closeBehind(plan)
    plan.atReady.push(refuse => { read = this.#readerOf(plan, refuse) })
  }

  #readerOf (plan: RoutePlan, refuse: Refuse): ReadBody {
    const limits = { ...this.#limits, ...this.#limitsOf(plan.route.config?.forms, refuse) }
    const { bodyLimit } = plan.route
    if (bodyLimit !== undefined) limits.total = Math.min(limits.total, bodyLimit)

    const bodies = [plan.inputs, ...plan.inherited.map(({ inputs }) => inputs)].map(({ body }) => body).filter(body => body !== undefined)
    const forms = bodies.flatMap(formsOf)
    if (forms.length > 0 && plan.validator === undefined && plan.route.validatorCompiler === undefined) {
      refuse('schema.body: it is a form, which needs fastify-apikit/validation. Register it before this route, in this scope or above.')
    }
    if (forms.length > 0) return this.#formReader(formPlan(forms, limits, refuse))
    return bodies.length > 0 ? rawReader(bodyLimit ?? Number(plan.app.initialConfig.bodyLimit)) : plainReader(limits)
  }

  #formReader (plan: FormPlan): ReadBody {
    return (request, reply) => {
      if (request.body instanceof UrlencodedForm) request.body = request.body.fields(plan.limits)
      else if (request.isMultipart()) return this.#multipart(plan, request, reply)
    }
  }

  async #multipart (plan: FormPlan, request: FastifyRequest & WithForm, reply: FastifyReply): Promise<void> {
    const store = new UploadStore(reply, this.#store)
    const form = new MultipartForm(request, reply.raw, plan, store)
    request[kForm] = { form, store }
    request.body = await form.read()
    store.ready()
  }
}

/** Keeps the files while the handler runs, and reads no large body for nothing. */
function closeBehind ({ slots: { around, send } }: RoutePlan): void {
  around.files = handler => function (request: FastifyRequest & WithForm, reply) {
    const store = request[kForm]?.store
    return store === undefined ? handler.call(this, request, reply) : store.handle(() => handler.call(this, request, reply))
  }
  send.files = (request: FastifyRequest & WithForm, reply) => {
    const read = request[kForm]
    read?.store.answer()
    if (read?.form.isOpen === true) read.form.abandon()
    // Refused before its body was read: Node would read all of it, to use the connection again.
    else if (!request.raw.readableDidRead) discard(request.raw, reply.raw)
  }
}

function formPlan (forms: readonly Schema[], limits: FormLimits, refuse: Refuse): FormPlan {
  const files = new Map<string, FileKind>()
  for (const form of forms) {
    for (const [name, field] of fieldsOf(form)) {
      const kind = fileKindOf(field)
      if (kind !== undefined) files.set(name, kind)
      if (kind === 'stream' && field.type === 'array') refuse(`schema.body.${name}: of streamed files there is one in a form; take the list away, or the stream`)
    }
  }
  const streams = [...files].filter(([, kind]) => kind === 'stream').map(([name]) => name)
  if (streams.length > 1) refuse(`schema.body: ${streams.join(', ')}: of streamed files there is one in a form, its last part; let the others be File()`)
  return { files, keepsOthers: forms.some(({ additionalProperties: more }) => more !== undefined && more !== false), limits }
}

/** A route that takes another body than a form gets the bytes, as for any other content type. */
function rawReader (bodyLimit: number): ReadBody {
  const store = (request: FastifyRequest, bytes: Buffer): void => { request.body = bytes.length === 0 ? undefined : bytes }
  return (request, reply) => {
    if (request.body instanceof UrlencodedForm) store(request, Buffer.from(request.body.text))
    else if (request.isMultipart()) return bytesOf(request, reply, bodyLimit).then(bytes => { store(request, bytes) })
  }
}

async function bytesOf ({ raw }: FastifyRequest, reply: FastifyReply, bodyLimit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = Number(raw.headers['content-length']) > bodyLimit ? Infinity : 0
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > bodyLimit) {
      discard(raw, reply.raw)
      throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A route without a schema gets a form as an object; of a multipart form it reads the parts itself. */
function plainReader (limits: FormLimits): ReadBody {
  return request => {
    if (request.body instanceof UrlencodedForm) request.body = { ...request.body.fields(limits) }
  }
}
