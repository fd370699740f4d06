/**
 * Converts issues to Fastify's format, which is Ajv's, for error handlers written for stock Fastify.
 *
 * @module
 * @see https://fastify.dev/docs/latest/Reference/Validation-and-Serialization/#error-handling
 */

import type { FastifySchemaValidationError, SchemaErrorDataVar } from 'fastify/types/schema.js'
import type { Issue } from '../core/schema/issue.ts'

const CONTEXTS: Readonly<Record<string, SchemaErrorDataVar>> = {
  path: 'params', query: 'querystring', header: 'headers', cookie: 'headers', body: 'body'
}

/** Returns the part of the request that is wrong; the first, where several are. */
export function contextOf ([first]: readonly Issue[]): SchemaErrorDataVar {
  return CONTEXTS[String(first?.loc[0])] ?? 'body'
}

/** Returns what is wrong with that part: stock Fastify looks at no other once one is wrong. */
export function validationOf (issues: readonly Issue[]): FastifySchemaValidationError[] {
  const context = contextOf(issues)
  return issues.filter(issue => contextOf([issue]) === context).map(({ type, loc, msg, ctx = {} }) => {
    const path = type === 'json_invalid' ? [] : loc.slice(1) // where the text breaks is no path
    const [keyword, property] = (path.length > 0 && ABSENT[type]) || [type]
    const of = property === undefined ? path : path.slice(0, -1)
    return {
      keyword,
      instancePath: of.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
      schemaPath: `#/${keyword}`,
      params: property === undefined ? ctx : { [property]: path.at(-1) },
      message: msg
    }
  })
}

/** Ajv reports these of the object that holds the property, and handlers look for its name. */
const ABSENT: Readonly<Record<string, readonly [keyword: string, property: string]>> = {
  missing: ['required', 'missingProperty'],
  extra_forbidden: ['additionalProperties', 'additionalProperty']
}
