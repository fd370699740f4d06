/**
 * Paths that Fastify's router takes and FastAPI's does not. For `/users/:user/items/:item` the code is
 *
 * ```js
 * return function hasForeign ({ params }) { return isForeign(params["user"]) || isForeign(params["item"]) }
 * ```
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { isForeign, plainParametersOf } from '../core/http/plain-parameters.ts'
import { CodeBuilder, property } from '../core/schema/codegen/code-builder.ts'

/** Returns the test that finds such a path among those of a route; `undefined` where there are none. */
export function foreignParameterOf (url: string): ((request: FastifyRequest) => boolean) | undefined {
  const names = plainParametersOf(url)
  if (names.length === 0) return undefined
  const tests = names.map(name => `isForeign(${property('params', name)})`)
  return new CodeBuilder().compile(`return function hasForeign ({ params }) { return ${tests.join(' || ')} }`, { isForeign })
}
