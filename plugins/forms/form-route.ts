/**
 * Handles forms sent to one route. The route gets fields if it declares a form, bytes if it declares another
 * body, and nothing before its handler asks if it has no body schema.
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
  /** Highest limits of all routes, used by the parser of urlencoded forms. */
  readonly ceiling: { -readonly [limit in keyof UrlencodedLimits]: number }
  readonly store: StoreOptions
  /** Whether the app has its own parser of multipart bodies, which stays in use. */
  readonly isBeside: boolean
  /** Validates the limits of a route. */
  limitsOf (given: unknown, refuse: Refuse): Partial<FormLimits>
}

const ANOTHER_PARSER = 'multipart/form-data is read by another parser in this scope'

/** Methods without a body. */
const BODILESS = new Set(['GET', 'HEAD', 'TRACE'])

const routes = new WeakMap<RoutePlan, FormRoute>()

/** Returns how a request's route reads forms. `undefined` without a route, or if it reads none. */
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
  /** Bodies that were read before the app's own parser ran. */
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
      refuse('schema.body: a Form needs fastify-apikit/validation. Register it before this route, in this scope or above.')
    }
    this.#form = forms.length > 0 ? formPlan(forms, limits, refuse) : { files: new Map(), names: new Set(), lists: new Set(), keepsOthers: true, limits }
    this.#takes = forms.length > 0 ? 'form' : bodies.length > 0 ? 'bytes' : 'nothing'
    const { ceiling } = this.#options
    ceiling.fields = Math.max(ceiling.fields, limits.fields)
    ceiling.fieldSize = Math.max(ceiling.fieldSize, limits.fieldSize)
  }

  /** Parses a multipart body. */
  async parse (request: FastifyRequest & WithForm, payload: Readable): Promise<unknown> {
    if (this.#takes === 'bytes') return await bytesOf(request, payload, this.#bodyLimit)
    const form = new RequestForm(request, { payload, raw: request.raw }, this.#form, this.#options.store)
    request[kForm] = form
    if (this.#takes === 'nothing') return undefined
    const fields = await form.read()
    form.store.ready()
    return fields
  }

  /** Parses a multipart body before the app's own parser, which then gets an empty stream. Leaves other routes to that parser. */
  parseBeside (request: FastifyRequest, payload: Readable): Promise<Readable> | undefined {
    if (this.#takes !== 'form' || mediaTypeOf(request) !== MULTIPART) return undefined
    return this.parse(request, payload).then(body => {
      this.#parsed.set(request, body)
      // A parser that counts is told that all has come.
      return Object.assign(Readable.from([]), { receivedEncodedLength: Number(request.headers['content-length']) })
    })
  }

  /**
   * Completes the body before validation, with what its parser could not know.
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
      if (request.body === undefined) throw new APIKIT_ERR_FORM_ROUTE(`${ANOTHER_PARSER}. Declare the route in another scope`)
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

  /** Implements `request.form()`. */
  async formOf (request: FastifyRequest & WithForm): Promise<FormFields> {
    if (this.#takes !== 'nothing') {
      throw new APIKIT_ERR_FORM_ROUTE('request.form() is only supported on routes without a body schema. Use request.body')
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
        refuse(`schema.body.${name}: a streamed file must not be in an array. Remove the array, or the option "stream"`)
      }
    }
  }
  const streams = [...files].filter(([, kind]) => kind === 'stream').map(([name]) => name)
  if (streams.length > 1) {
    refuse(`schema.body: a form must have at most one streamed file, got ${streams.join(', ')}. Declare the others as File()`)
  }
  const fields = forms.flatMap(form => [...fieldsOf(form)])
  const names = new Set(fields.map(([name]) => name))
  const lists = new Set(fields.filter(([, field]) => isList(field)).map(([name]) => name))
  return { files, names, lists, keepsOthers: forms.some(({ additionalProperties: more }) => more !== undefined && more !== false), limits }
}

function isList ({ type, anyOf }: Schema): boolean {
  return type === 'array' || [anyOf ?? []].flat().some(member => isList(member as Schema))
}

/** Reads the bytes of a body as Fastify does for `parseAs: 'buffer'`. */
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
