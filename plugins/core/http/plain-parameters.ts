/**
 * Parameters of a path without a pattern of their own. Fastify's router lets them be empty, `/items/` for `/items/:id`,
 * or hold a slash, `/items/a%2Fb`; FastAPI's, which looks at the decoded path, does not. A parameter with a pattern says
 * itself what it takes.
 *
 * @module
 */

/** Returns the names of those of a route. */
export function plainParametersOf (url: string): string[] {
  return [...url.matchAll(/(?<!:):(\w+)(?!\w*\()/g)].map(([, name = '']) => name)
}

/** Returns whether FastAPI's router would not have taken such a value. */
export function isForeign (value: unknown): boolean {
  return typeof value === 'string' && (value === '' || value.includes('/'))
}
