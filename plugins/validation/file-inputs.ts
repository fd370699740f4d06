/**
 * Refuses at startup files outside of a form, and forms with files without the plugin that reads them.
 *
 * @module
 */

import { kFile } from '../types/codec.ts'
import { fieldsOf, fileKindOf, formsOf, hasFiles } from '../core/schema/form-fields.ts'
import { isClaimed } from '../core/plan/claims.ts'
import { type Inputs, PARTS, type Refuse, type RoutePlan, type Schema } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'

export function checkFiles ({ route, inputs, inherited }: RoutePlan, refuse: Refuse): void {
  const readsFiles = isClaimed(route, 'forms')
  for (const { from, inputs: own } of [{ from: 'schema', inputs }, ...inherited]) {
    const forms = formsOf(own.body)
    if (forms.some(hasFiles) && !readsFiles) refuse(`${from}.body: files need fastify-apikit/forms. Register it before this route, in this scope or above.`)
    for (const part of misplaced(own, forms)) refuse(`${from}.${part}: File() is only supported in a form. Declare the body with Form({ … })`)
  }
}

function misplaced (inputs: Inputs, forms: readonly Schema[]): string[] {
  const fields = forms.flatMap(form => [...fieldsOf(form).values()]).filter(field => fileKindOf(field) !== undefined)
  const known = new Set(fields.flatMap(field => fileSchemas(field)))
  return PARTS.filter(part => fileSchemas(inputs[part]).some(schema => !known.has(schema)))
}

/** Returns the file schemas in a schema, at any depth. */
function fileSchemas (schema: unknown, seen: Set<unknown> = new Set()): unknown[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return []
  seen.add(schema)
  if (isSchema(schema) && schema[kFile] !== undefined) return [schema]
  return Object.values(schema).flatMap(inner => fileSchemas(inner, seen))
}
