/**
 * What becomes of a form that is sent to one route: fields, where the route takes a form; bytes, where it takes another
 * body; and nothing before its handler asks, where it has no schema.
 *
 * @module
 */

import { finished, Readable } from 'node:stream'
import { errorCodes, type FastifyReply, type FastifyRequest } from 'fastify'
import { mediaTypeOf, MULTIPART } from '../core/http/media-type.ts'
import { type FileKind, fieldsOf, fileKindOf, formsOf } from '../core/schema/form-fields.ts'
import { planOf } from '../core/plan/plan-of-request.ts'
import type { Refuse, RoutePlan, Schema } from '../core/plan/route-plan.ts'
import { APIKIT_ERR_FORM_ROUTE } from './errors.ts'
import type { FormLimits } from './limits.ts'
import type { FormFields, FormPlan } from './multipart-form.ts'
import { closeBehind, kForm, RequestForm, type WithForm } from './request-form.ts'
import type { StoreOptions } from './upload-store.ts'
import { checkUrlencoded, refusalOf, textOf, type UrlencodedLimits } from './urlencoded-form.ts'

export interface FormRouteOptions {
  readonly limits: FormLimits
  /** The highest limits of all routes, which the parser of urlencoded forms goes by. */
  readonly ceiling: { -readonly [limit in keyof UrlencodedLimits]: number }
  readonly store: StoreOptions
  /** Multipart bodies have a parser of the app's own, which stays. */
  readonly isBeside: boolean
  /** Checks what a route says of its own limits. */
  limitsOf (given: unknown, refuse: Refuse): Partial<FormLimits>
}

const ANOTHER_PARSER = 'multipart/form-data is read by another parser in this scope'

/** Routes with these are sent no body. */
const BODILESS = new Set(['GET', 'HEAD', 'TRACE'])

const routes = new WeakMap<RoutePlan, FormRoute>()

/** `undefined` for a request without a route, or whose route takes no forms. */
export function formRouteOf (request: FastifyRequest): FormRoute | undefined {
  const plan = planOf(request)
  return plan && routes.get(plan)
}

/** Fills the slots of a route. */
export function addForms (plan: RoutePlan, options: FormRouteOptions): void {
  const { route, inputs, slots } = plan
  if ([route.method].flat().every(method => BODILESS.has(method)) && inputs.body === undefined) return
  const forms = new FormRoute(options)
  routes.set(plan, forms)
  slots.body = async (request, payload) => await forms.parse(request, payload)
  slots.settle = (request, reply) => { forms.settle(request, reply) }
  if (options.isBeside) slots.parsing = (request, payload) => forms.parseBeside(request, payload)
  // Without a body of its own the route may depend on somebody who reads a form.
  if (inputs.body === undefined || formsOf(inputs.body).length > 0) closeBehind(plan)
  plan.atReady.push(refuse => { forms.compile(plan, refuse) })
}

export class FormRoute {
  readonly #options: FormRouteOptions
  /** Set by `compile`. */
  #form!: FormPlan
  #takes: 'form' | 'bytes' | 'nothing' = 'nothing'
  #bodyLimit = 0
  /** What was read before the parser of the app's own came. */
  readonly #parsed = new WeakMap<FastifyRequest, unknown>()

  constructor (options: FormRouteOptions) {
    this.#options = options
  }

  /** Run by `ready()`, when the dependencies of the route are known. */
  compile ({ app, route, inputs, inherited, validator }: RoutePlan, refuse: Refuse): void {
    const limits = { ...this.#options.limits, ...this.#options.limitsOf(route.config?.forms, refuse) }
    if (route.bodyLimit !== undefined) limits.total = Math.min(limits.total, route.bodyLimit)
    this.#bodyLimit = route.bodyLimit ?? Number(app.initialConfig.bodyLimit)

    const bodies = [inputs, ...inherited.map(({ inputs }) => inputs)].map(({ body }) => body).filter(body => body !== undefined)
    const forms = bodies.flatMap(formsOf)
    if (forms.length > 0 && validator === undefined && route.validatorCompiler === undefined) {
      refuse('schema.body: it is a form, which needs fastify-apikit/validation. Register it before this route, in this scope or above.')
    }
    this.#form = forms.length > 0 ? formPlan(forms, limits, refuse) : { files: new Map(), names: new Set(), keepsOthers: true, limits }
    this.#takes = forms.length > 0 ? 'form' : bodies.length > 0 ? 'bytes' : 'nothing'
    const { ceiling } = this.#options
    ceiling.fields = Math.max(ceiling.fields, limits.fields)
    ceiling.fieldSize = Math.max(ceiling.fieldSize, limits.fieldSize)
  }

  /** A multipart body, in the parser. */
  async parse (request: FastifyRequest & WithForm, payload: Readable): Promise<unknown> {
    if (this.#takes === 'bytes') return await bytesOf(request, payload, this.#bodyLimit)
    const form = new RequestForm(request, { payload, raw: request.raw }, this.#form, this.#options.store)
    request[kForm] = form
    if (this.#takes === 'nothing') return undefined
    const fields = await form.read()
    form.store.ready()
    return fields
  }

  /** A multipart body of which another parser is to find nothing; it does find what the route does not take. */
  parseBeside (request: FastifyRequest, payload: Readable): Promise<Readable> | undefined {
    if (this.#takes !== 'form' || mediaTypeOf(request) !== MULTIPART) return undefined
    return this.parse(request, payload).then(body => {
      this.#parsed.set(request, body)
      // A parser that counts is told that all has come.
      return Object.assign(Readable.from([]), { receivedEncodedLength: Number(request.headers['content-length']) })
    })
  }

  /**
   * Before the body is read by its schema: what its parser could not know.
   *
   * @throws APIKIT_ERR_FORM, APIKIT_ERR_FORM_ROUTE
   */
  settle (request: FastifyRequest & WithForm, reply: FastifyReply): void {
    if (this.#options.isBeside && this.#parsed.has(request)) request.body = this.#parsed.get(request)
    const text = textOf(request.body)
    if (text !== undefined) {
      if (this.#takes === 'bytes') request.body = text === '' ? undefined : Buffer.from(text)
      else this.#check(text, refusalOf(Object(request.body)))
    } else if (this.#takes === 'form' && mediaTypeOf(request) === MULTIPART) {
      request[kForm]?.store.watch(reply)
      if (request.body === undefined) throw new APIKIT_ERR_FORM_ROUTE(`${ANOTHER_PARSER}. Declare the route outside of it`)
    }
  }

  #check (text: string, refusal: unknown): void {
    if (refusal !== undefined) throw refusal
    if (this.#isStricter) checkUrlencoded(text, this.#form.limits)
  }

  get #isStricter (): boolean {
    const { limits } = this.#form
    const { ceiling } = this.#options
    return limits.fields < ceiling.fields || limits.fieldSize < ceiling.fieldSize
  }

  /** For `request.form()`. */
  async formOf (request: FastifyRequest & WithForm): Promise<FormFields> {
    if (this.#takes !== 'nothing') {
      throw new APIKIT_ERR_FORM_ROUTE('request.form() is for routes without a body schema. Here the form is request.body')
    }
    if (mediaTypeOf(request) !== MULTIPART) return textOf(request.body) === undefined ? {} : request.body as FormFields
    const form = request[kForm]
    if (form === undefined) throw new APIKIT_ERR_FORM_ROUTE(`request.form() was called before the body was parsed, or ${ANOTHER_PARSER}`)
    return await form.read() as FormFields
  }
}

function formPlan (forms: readonly Schema[], limits: FormLimits, refuse: Refuse): FormPlan {
  const files = new Map<string, FileKind>()
  for (const form of forms) {
    for (const [name, field] of fieldsOf(form)) {
      const kind = fileKindOf(field)
      if (kind !== undefined) files.set(name, kind)
      if (kind === 'stream' && field.type === 'array') {
        refuse(`schema.body.${name} must be one streamed file, not a list. Remove the list, or the option "stream"`)
      }
    }
  }
  const streams = [...files].filter(([, kind]) => kind === 'stream').map(([name]) => name)
  if (streams.length > 1) {
    refuse(`schema.body: a form can have one streamed file, its last part, not ${streams.join(', ')}. Let the others be File()`)
  }
  return { files, names: new Set(forms.flatMap(form => [...fieldsOf(form).keys()])), keepsOthers: forms.some(({ additionalProperties: more }) => more !== undefined && more !== false), limits }
}

/** As Fastify reads a body that a parser asks for as bytes. */
async function bytesOf ({ raw }: FastifyRequest, payload: Readable, bodyLimit: number): Promise<Buffer | undefined> {
  if (Number(raw.headers['content-length']) > bodyLimit) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
  if (payload !== raw) {
    payload.on('error', () => {})
    // A stream into which the request is piped is not told when the client has gone.
    finished(raw, { writable: false }, error => { if (error != null) payload.destroy(error) })
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const data of payload.iterator({ destroyOnReturn: false })) {
    const chunk = Buffer.isBuffer(data) ? data : Buffer.from(data)
    size += chunk.length
    if (size > bodyLimit) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
    chunks.push(chunk)
  }
  return size === 0 ? undefined : Buffer.concat(chunks)
}
