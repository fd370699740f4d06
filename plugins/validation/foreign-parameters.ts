/**
 * Paths that Fastify's router takes and FastAPI's, which looks at the decoded path, does not: a parameter may be empty
 * there, `/items/` for `/items/:id`, or hold a slash, `/items/a%2Fb`. A parameter with a pattern of its own says itself
 * what it takes. For `/users/:user/items/:item` the code is
 *
 * ```js
 * return function hasForeign ({ params }) { return isForeign(params["user"]) || isForeign(params["item"]) }
 * ```
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { CodeBuilder, property } from '../core/schema/codegen/code-builder.ts'

function isForeign (value: unknown): boolean {
  return typeof value === 'string' && (value === '' || value.includes('/'))
}

/** Returns the test that finds such a path among those of a route; `undefined` where there are none. */
export function foreignParameterOf (url: string): ((request: FastifyRequest) => boolean) | undefined {
  const names = [...url.matchAll(/(?<!:):(\w+)(?!\w*[?(])/g)].map(([, name = '']) => name)
  if (names.length === 0) return undefined
  const tests = names.map(name => `isForeign(${property('params', name)})`)
  return new CodeBuilder().compile(`return function hasForeign ({ params }) { return ${tests.join(' || ')} }`, { isForeign })
}
