/**
 * What the plugin adds to each route: the readers of its inputs, and the step that runs them.
 *
 * @module
 */

import type { Ajv } from 'ajv'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction, preValidationHookHandler, RouteOptions } from 'fastify'
import { sendAnswer } from '../core/http/answer.ts'
import type { Inputs, Reading, Refuse, RoutePlan, Validator } from '../core/plan/route-plan.ts'
import { BrokenJson } from './body-text.ts'
import { ANSWERS } from './documented-answer.ts'
import { checkFiles } from './file-inputs.ts'
import type { Issue } from '../core/schema/issue.ts'
import { InputCompiler, type RequestReader, RequestReading } from './request-reader.ts'
import { type Format, jsonIssue, RequestValidationError } from './request-validation-error.ts'
import { kReading } from './state.ts'

export interface RouteValidatorOptions {
  readonly format: Format
  readonly status: number
  readonly maxIssues: number
  readonly strictContentType: boolean
  readonly ajv?: Ajv
}

export class RouteValidator implements Validator {
  readonly options: RouteValidatorOptions
  readonly refusal: Validator['refusal']
  readonly #compiler: InputCompiler

  constructor (app: FastifyInstance, options: RouteValidatorOptions) {
    this.options = options
    this.refusal = { status: String(options.status), response: ANSWERS[options.format] }
    this.#compiler = new InputCompiler(app, options.ajv)
  }

  compile (inputs: Inputs, at: string, refuse: Refuse): RequestReader {
    return this.#compiler.compile(inputs, at, refuse)
  }

  begin (request: FastifyRequest): Reading {
    return (request[kReading] = new RequestReading(request, this.options.maxIssues))
  }

  /** Refuses a body that is no JSON, and reads nothing. */
  guard (route: RouteOptions): void {
    const refuse: preValidationHookHandler = ({ body }, _reply, done) => {
      if (body instanceof BrokenJson) done(new RequestValidationError([jsonIssue(body)], { ...this.options, body: body.text }))
      else done()
    }
    route.preValidation = [refuse, route.preValidation ?? []].flat()
  }

  /** Adds the reading of its inputs to a route. */
  add (plan: RoutePlan): void {
    // The nearest registration wins; those of the scopes above step aside.
    plan.validator = this
    let own: RequestReader | undefined
    let answersItself = false
    plan.steps.push(refuse => {
      if (plan.validator !== this) return
      own = this.compile(plan.inputs, '', refuse)
      checkFiles(plan, refuse)
      answersItself = plan.route.errorHandler === undefined && plan.app.errorHandler.name === 'defaultErrorHandler'
      const readsAny = Object.keys(plan.inputs).length > 0 || plan.inherited.length > 0
      if (readsAny) plan.responses.set(this.refusal.status, this.refusal.response)
    })

    const refuse = (issues: readonly Issue[], request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
      const { body } = request
      const error = new RequestValidationError(issues, { ...this.options, body: body instanceof BrokenJson ? body.text : body })
      if (plan.route.attachValidation === true) {
        request.validationError = Object.assign(error, { validation: issues, validationContext: 'request' })
        done()
      } else if (answersItself) {
        // Without an error handler Fastify would write it in a form of its own.
        sendAnswer(error, reply)
      } else {
        done(error)
      }
    }

    const hasForeignParameter = foreignParameterOf(plan.route.url)
    const read: preValidationHookHandler = (request, reply, done) => {
      if (own === undefined || plan.validator !== this) return done()
      if (hasForeignParameter(request)) {
        reply.callNotFound()
        return
      }
      try {
        plan.body?.(request, reply)
      } catch (error) {
        return done(error as Error)
      }
      if (request.body instanceof BrokenJson) return refuse([jsonIssue(request.body)], request, reply, done)
      const { solve } = plan
      if (solve === undefined && own.readStraight(request)) return done()

      const reader = own
      const reading = request[kReading] ?? new RequestReading(request, this.options.maxIssues)
      const finish = (): void => {
        const values = reader.read(request, reading.pass, solve === undefined)
        if (values === undefined || reading.pass.issues.length > 0) return refuse(reading.pass.issues, request, reply, done)
        reader.store(request, values)
        done()
      }
      if (solve === undefined) return finish()
      const solving = solve(reading, request, reply)
      if (solving === undefined) return finish()
      solving.then(finish).catch(done)
    }
    plan.route.preValidation = [plan.route.preValidation ?? [], read].flat()
  }
}

/**
 * Fastify's router lets a parameter be empty, `/items/` for `/items/:id`, or hold a slash, `/items/a%2Fb`; FastAPI, which
 * looks at the decoded path, knows no such paths. A parameter with a pattern of its own says itself what it takes.
 */
function foreignParameterOf (url: string): (request: FastifyRequest) => boolean {
  const names = [...url.matchAll(/(?<!:):(\w+)(?!\w*[?(])/g)].map(([, name = '']) => name)
  if (names.length === 0) return () => false
  return ({ params }) => names.some(name => {
    const value: unknown = Reflect.get(Object(params), name)
    return value === '' || (typeof value === 'string' && value.includes('/'))
  })
}
