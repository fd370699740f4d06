import { inspect } from 'node:util'
import { isSecret, membersOf, type Schema } from './schema.ts'

/** Shown instead of a secret, as by pydantic's `SecretStr`. */
export const MASK = '**********'

/** Freezes settings deeply, and hides secrets from `JSON.stringify` and `inspect`. */
export function seal<T> (schema: Schema, value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const [key, child] of Object.entries(value)) seal(below(schema, key), child)

  const show = { value: () => mask(schema, value) }
  Object.defineProperties(value, { toJSON: show, [inspect.custom]: show })
  return Object.freeze(value)
}

/** Returns a copy to show. */
function mask (schema: Schema, value: unknown): unknown {
  if (isSecret(schema)) return MASK
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => mask(below(schema, String(index)), item))
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, mask(below(schema, key), child)]))
}

function below (schema: Schema, key: string): Schema {
  for (const { properties, items, additionalProperties } of membersOf(schema)) {
    const found = properties?.[key] ?? items ?? additionalProperties
    if (typeof found === 'object') return found
  }
  return {}
}
