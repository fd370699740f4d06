/**
 * Finds the changes between two OpenAPI documents that break clients.
 *
 * @module
 */

import type { Schema } from '../../core/plan/route-plan.ts'
import { isSchema } from '../../core/schema/references.ts'
import type { BreakingChange } from './breaking-change.ts'
import { type Located, resolved } from './located.ts'
import { OperationChanges } from './operation-changes.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/**
 * Compares two OpenAPI 3.1 documents and returns the changes that break clients: what was removed, what is newly required, what
 * is no longer accepted, and what responses may newly contain. Additions are no changes: a path, a status, an optional
 * parameter, a field of a response.
 *
 * ```ts
 * const changes = breakingChanges(JSON.parse(await readFile('openapi.json', 'utf8')), app.swagger())
 * for (const { at, change } of changes) console.log(`${at}: ${change}`)
 * ```
 *
 * @param before The document that clients were written for.
 * @param after The document of the new version.
 */
export function breakingChanges (before: object, after: object): BreakingChange[] {
  const documents = { before, after }
  return [
    ...pathChanges(documents, 'paths', OperationChanges.answered),
    ...pathChanges(documents, 'webhooks', OperationChanges.called),
    ...schemeChanges(documents)
  ]
}

interface Documents {
  readonly before: object
  readonly after: object
}

type CompareOperations = (at: string, before: Located, after: Located) => BreakingChange[]

function pathChanges ({ before, after }: Documents, part: 'paths' | 'webhooks', compare: CompareOperations): BreakingChange[] {
  const now = new Map(itemsOf(after, part).map(([path, item]) => [shapeOf(path), item]))
  return itemsOf(before, part).flatMap(([path, item]) => {
    const other = now.get(shapeOf(path))
    const methods = METHODS.filter(method => isSchema(item[method]))
    return methods.flatMap((method): BreakingChange[] => {
      const at = part === 'paths' ? `${method.toUpperCase()} ${path}` : `webhook ${path}, ${method.toUpperCase()}`
      if (!isSchema(other?.[method])) return [{ at, change: 'was removed' }]
      return compare(at, { schema: withShared(item, method), document: before }, { schema: withShared(other, method), document: after })
    })
  })
}

function itemsOf (document: object, part: string): Array<[path: string, item: Schema]> {
  const items: unknown = Reflect.get(document, part)
  return Object.entries(Object(items)).map(([path, item]) => [path, resolved({ schema: item, document })])
}

/** The names of path parameters do not matter to clients. */
function shapeOf (path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, '{}')
}

/** An operation, including the parameters of its path. */
function withShared ({ parameters, ...item }: Schema, method: string): Schema {
  const operation = item[method] as Schema
  return Array.isArray(parameters) ? { ...operation, parameters: [...parameters, ...Array.isArray(operation.parameters) ? operation.parameters : []] } : operation
}

function schemeChanges ({ before, after }: Documents): BreakingChange[] {
  const [known, now] = [before, after].map(document => Object(Object(Reflect.get(document, 'components')).securitySchemes))
  return Object.entries<Schema>(known).flatMap(([name, scheme]) => {
    const other = now[name]
    if (other === undefined) return []
    return ['type', 'in', 'name', 'scheme'].filter(key => scheme[key] !== other[key])
      .map(key => ({ at: `security scheme ${name}`, change: `its ${key} was ${String(scheme[key])}, and is now ${String(other[key])}` }))
  })
}
