/**
 * The serializer compiler of a scope, as Fastify asks for it.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { FastifySerializerCompiler } from 'fastify/types/schema.js'
import type { Schema } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import type { Mismatches } from './mismatches.ts'
import type { RouteResponse } from './route-options.ts'
import { compileModel, type Model, type Serialize, serializer } from './model.ts'

export type SerializerCompiler = FastifySerializerCompiler<unknown>

/** Called with the mistakes in a response schema. If it returns, the route is used as it is. */
export type Report = (problems: readonly string[], route: string) => void

/** By presentation, then by schema. */
const models = new WeakMap<FastifyInstance, Map<string, Map<Schema, Model>>>()

/** The models of a scope. A schema in several routes is compiled once. */
function modelsOf (app: FastifyInstance, key: string): Map<Schema, Model> {
  const byKey = models.get(app) ?? new Map<string, Map<Schema, Model>>()
  models.set(app, byKey)
  const known = byKey.get(key) ?? new Map<Schema, Model>()
  byKey.set(key, known)
  return known
}

/**
 * @param app The scope whose schemas a `$ref` can name.
 * @param mismatches What to do with values that do not match.
 * @param response Returns the `config.response` of a route.
 */
export function compilerOf (app: FastifyInstance, report: Report, mismatches: Mismatches, response?: RouteResponse): (...args: Parameters<SerializerCompiler>) => Serialize {
  return ({ schema, method, url, httpStatus, contentType }) => {
    const route = `${String(method)} ${url}`
    const place = ['response', ...[httpStatus ?? []].flat(), ...contentType == null ? [] : [`content['${contentType}']`]].join('.')
    const where = `${route} ${place}`
    if (!isSchema(schema)) {
      report([`schema.${place}: is not a schema`], route)
      return String
    }
    const presentation = response?.of(String(httpStatus))
    const known = modelsOf(app, presentation === undefined ? '' : String(response?.key))
    let model = known.get(schema)
    if (model === undefined) {
      const problems: string[] = []
      model = compileModel(withoutHeaders(schema), {
        at: place,
        lookup: id => app.getSchema(id) as Schema | undefined,
        refuse: problem => { problems.push(problem) },
        presentation
      })
      if (problems.length > 0) report(problems, route)
      // If that returns: the HEAD of a GET need not report it again.
      known.set(schema, model)
    }
    response?.note(model.unmet)
    const serialize = serializer(model, where)
    return mismatches.isReported ? mismatches.serializer(serialize, { schema, method: String(method), url, httpStatus: String(httpStatus) }) : serialize
  }
}

/** @fastify/swagger describes headers and links inside the schema of a response. */
function withoutHeaders (schema: Schema): Schema {
  if (schema.headers === undefined && schema.links === undefined) return schema
  const { headers, links, ...model } = Object.getOwnPropertyDescriptors(schema)
  return Object.defineProperties({}, model)
}
