/**
 * Parses bodies as JSON by their content type. All others are kept as bytes, so that the
 * route's schema, not the parser, decides.
 *
 * @module
 * @see https://fastapi.tiangolo.com/advanced/strict-content-type/
 */

import type { FastifyInstance } from 'fastify'
import { type ParseBytes, WholeBodies } from '../core/http/whole-body.ts'
import { checkRoutes } from '../core/plan/conductor.ts'
import { planOf } from '../core/plan/plan-of-request.ts'
import type { RoutePlan } from '../core/plan/route-plan.ts'
import { isFormSchema } from '../core/schema/form-fields.ts'
import { jsonParser } from './body-text.ts'
import { APIKIT_ERR_BODY } from './errors.ts'
import { jsonIssue } from './request-validation-error.ts'
import type { RouteValidator } from './route-validator.ts'

const JSON_TYPES = ['application/json', /^application\/[^;\s]*\+json(?=\s*(?:;|$))/i] as const

export function readBodies (app: FastifyInstance, validator: RouteValidator): void {
  const { strictContentType: strict } = validator.options
  const parseJson = jsonParser(app, (request, broken, done) => {
    const plan = planOf(request)
    // No route reads the body later, so the parser answers itself.
    if (plan === undefined) done(validator.error([jsonIssue(broken)], broken))
    // A route that reads JSON answers with all that is wrong; to any other it is bytes.
    else done(null, readsJson(plan) ? broken : Buffer.from(broken.text))
  }, (request, bytes, error, done) => {
    const plan = planOf(request)
    if (plan === undefined || readsJson(plan)) done(error)
    else done(null, Buffer.from(bytes))
  })
  const parseOther: ParseBytes = (request, bytes, done) => {
    if (!strict && !request.headers['content-type']) parseJson(request, bytes, done)
    else done(null, bytes.length === 0 ? undefined : Buffer.from(bytes))
  }
  const bodies = new WholeBodies(app, cause => Object.assign(new APIKIT_ERR_BODY(), { cause }))
  checkRoutes(app, ({ route }) => { bodies.note(route) })
  for (const type of JSON_TYPES) unlessTaken(() => { app.addContentTypeParser(type as string, bodies.parser(parseJson)) })
  unlessTaken(() => { app.addContentTypeParser('*', bodies.parser(parseOther)) })
}

/** Returns whether a route, or one of its dependencies, reads a body other than a form. */
function readsJson ({ inputs, inherited }: RoutePlan): boolean {
  return [inputs, ...inherited.map(({ inputs }) => inputs)].some(({ body }) => body !== undefined && !isFormSchema(body))
}

/** Adds a parser, unless the app has its own for this type. */
function unlessTaken (add: () => void): void {
  try {
    add()
  } catch (error) {
    if (Object(error).code !== 'FST_ERR_CTP_ALREADY_PRESENT') throw error
  }
}
