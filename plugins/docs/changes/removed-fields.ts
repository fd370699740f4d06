/**
 * Finds fields that were removed from a schema.
 *
 * @module
 */

import { isSchema } from '../../core/schema/references.ts'
import { type Located, membersOf, type ObjectFields, objectOf, resolved } from './located.ts'

/** Returns the fields of `before` that `after` lacks, wherever both have the object. */
export function removedFields (before: Located, after: Located, at: readonly string[] = [], open: ReadonlySet<unknown> = new Set()): string[][] {
  const ref = isSchema(before.schema) ? before.schema.$ref : undefined
  if (ref !== undefined && open.has(ref)) return []
  const inside = new Set([...open, ref])
  const others = membersOf(after)
  return membersOf(before).flatMap(member => {
    const { title, items } = resolved(member)
    const { properties, rest } = objectOf(member)
    const names = Object.keys(properties)
    // In a union: the model of the same name, otherwise any.
    const partners = others.filter(other => resolved(other).title === title)
    const found = (partners.length > 0 ? partners : others).map(other => ({ ...other, ...objectOf(other), items: resolved(other).items }))
      .filter(other => names.length === 0 || others.length === 1 || Object.keys(other.properties).length > 0)
    const [other] = found
    if (other === undefined) return []
    return [
      ...names.flatMap(name => Object.hasOwn(other.properties, name)
        ? removedFields({ ...member, schema: properties[name] }, { ...other, schema: other.properties[name] }, [...at, name], inside)
        : isDictionary(other) ? [] : [[...at, name]]),
      ...isSchema(items) && isSchema(other.items) ? removedFields({ ...member, schema: items }, { ...other, schema: other.items }, [...at, '[]'], inside) : [],
      ...isSchema(rest) && isSchema(other.rest) ? removedFields({ ...member, schema: rest }, { ...other, schema: other.rest }, [...at, '*'], inside) : []
    ]
  })
}

/** Tells whether an object may have any fields. */
function isDictionary ({ properties, rest }: ObjectFields): boolean {
  return Object.keys(properties).length === 0 && rest !== false
}
