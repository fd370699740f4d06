/**
 * What the plugin does for each route: reads its inputs, in one step with its dependencies.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { Ajv } from 'ajv'
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify'
import { isClaimed } from '../core/plan/claims.ts'
import { BEFORE, type DeclaredRoute } from '../core/plan/declared-routes.ts'
import { type Inputs, inputsOf, type Read, type Reading, type Refuse, type RoutePlan, type Validator } from '../core/plan/route-plan.ts'
import { limitBody } from './body-limit.ts'
import { BrokenJson } from './body-text.ts'
import { ANSWERS } from './documented-answer.ts'
import { checkFiles } from './file-inputs.ts'
import { foreignParameterOf } from './foreign-parameters.ts'
import type { Issue } from '../core/schema/issue.ts'
import type { Screen } from '../core/schema/parse.ts'
import { raised } from '../core/thrown.ts'
import { parse } from './parse.ts'
import { InputCompiler, type RequestReader, RequestReading } from './request-reader.ts'
import { type Format, jsonIssue, RequestValidationError } from './request-validation-error.ts'
import { kReading } from './state.ts'
import { ValidationError } from './validation-error.ts'

export interface RouteValidatorOptions {
  readonly format: Format
  readonly status: number
  readonly maxIssues: number
  readonly hideInput: boolean
  readonly strictContentType: boolean
  readonly ajv?: Ajv
}

/** For `request.validateInput(value, schema)`: by the rules of a body. */
function fits (schema: TSchema, value: unknown): boolean {
  try {
    parse(schema, value)
    return true
  } catch (error) {
    if (error instanceof ValidationError) return false
    throw error
  }
}

export class RouteValidator implements Validator {
  readonly options: RouteValidatorOptions
  readonly refusal: Validator['refusal']
  readonly #compiler: InputCompiler
  /** From then on, who asks Fastify for a validator gets one. */
  isReady = false

  /** @param screen of JSON in texts */
  constructor (options: RouteValidatorOptions, screen: Screen) {
    this.options = options
    this.refusal = { status: String(options.status), response: ANSWERS[options.format] }
    this.#compiler = new InputCompiler(options.ajv, screen)
  }

  /**
   * The validator compiler of the scope. Fastify's own pass sees one part at a time, and Ajv cannot say what FastAPI says:
   * what is not compiled is not called.
   */
  readonly compiler: FastifySchemaCompiler<unknown> = ({ schema }) => (this.isReady ? (value: unknown) => fits(schema as TSchema, value) : undefined) as (value: unknown) => boolean

  compile (app: FastifyInstance, inputs: Inputs, at: string, refuse: Refuse): RequestReader {
    return this.#compiler.compile(app, inputs, at, refuse)
  }

  begin (request: FastifyRequest): Reading {
    return (request[kReading] = new RequestReading(request, this.options.maxIssues))
  }

  /** The error of a request with these issues. */
  error (issues: readonly Issue[], body: unknown): RequestValidationError {
    return new RequestValidationError(issues, { ...this.options, body: body instanceof BrokenJson ? body.text : body })
  }

  /** Fills the slots of a route. */
  add (plan: RoutePlan): void {
    plan.validator = this
    limitBody(plan)
    const readsDependencies = plan.slots.late !== undefined || plan.inherited.length > 0
    const isForeign = foreignParameterOf(plan.route.url)
    if (!readsDependencies && isForeign === undefined && Object.keys(plan.inputs).length === 0) return

    let own: RequestReader | undefined
    plan.atReady.push(refuse => {
      const inputs = this.#isOurs(plan) ? plan.inputs : {}
      own = this.compile(plan.app, inputs, '', refuse)
      checkFiles(plan, refuse)
      const readsAny = Object.keys(inputs).length > 0 || plan.inherited.length > 0
      if (readsAny) plan.responses.set(this.refusal.status, this.refusal.response)
    })
    plan.slots.read = this.#reader(plan, isForeign, () => own as RequestReader)
  }

  /** The scope of a route, or the route itself, may have a compiler of its own, and is its own affair then. */
  #isOurs ({ app, route: { validatorCompiler } }: RoutePlan): boolean {
    return validatorCompiler === undefined && app.validatorCompiler === this.compiler
  }

  /** Refuses a route of the scope that was declared before the plugin was there: nobody would check it. */
  checkEarly ({ scope, route }: DeclaredRoute, refuse: Refuse): void {
    if (isClaimed(route, 'validation') || route.validatorCompiler !== undefined || scope.validatorCompiler !== this.compiler) return
    const parts = Object.keys(inputsOf(route))
    if (parts.length > 0) refuse(`schema.${parts.join(', schema.')}: would not be checked, since fastify-apikit/validation was registered after this route. ${BEFORE}`)
  }

  #reader (plan: RoutePlan, isForeign: ((request: FastifyRequest) => boolean) | undefined, ownReader: () => RequestReader): Read {
    const refuse = (issues: readonly Issue[], request: FastifyRequest, done: Parameters<Read>[2]): void => {
      const error = this.error(issues, request.body)
      if (plan.route.attachValidation !== true) return done(error)
      request.validationError = error
      done()
    }

    return (request, reply, done) => {
      if (isForeign?.(request) === true) {
        reply.callNotFound()
        return
      }
      if (request.body instanceof BrokenJson) return refuse([jsonIssue(request.body)], request, done)
      const reader = ownReader()
      const { solve } = plan
      if (solve === undefined && reader.readFast(request)) return done()

      const reading = request[kReading] ?? new RequestReading(request, this.options.maxIssues)
      const finish = (): void => {
        // A dependency that cannot read its inputs is not called. Where one lets clients in, the handler must not run.
        const isUnsolved = reading.pass.issues.length > 0 && plan.slots.assert !== undefined
        const values = reader.read(request, reading.pass, solve === undefined)
        if (isUnsolved) return done(this.error(reading.pass.issues, request.body))
        if (values === undefined || reading.pass.issues.length > 0) return refuse(reading.pass.issues, request, done)
        reader.store(request, values)
        done()
      }
      if (solve === undefined) return finish()
      const solving = solve(reading, request, reply)
      if (solving === undefined) return finish()
      solving.then(finish).catch((error: unknown) => { done(raised(error)) })
    }
  }
}
