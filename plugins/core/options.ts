import type { Static, TSchema } from '@sinclair/typebox'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import { APIKIT_ERR_INVALID_OPTIONS } from './errors.ts'

// Fastify and autoload put these beside a plugin's own options.
const NOT_OURS = new Set(['prefix', 'logLevel', 'logSerializers'])

/**
 * Returns `options` with the defaults filled in; what was given is left as it is.
 *
 * @throws APIKIT_ERR_INVALID_OPTIONS, one error that names every problem
 */
export function parseOptions<T extends TSchema> (plugin: string, schema: T, options: object): Static<T> {
  const own = Object.fromEntries(Object.entries(options).filter(([key]) => !NOT_OURS.has(key) || Object.hasOwn(Object(schema.properties), key)))
  const value = Value.Default(schema, copy(own))
  if (Value.Check(schema, value)) return value

  const problems = [...Value.Errors(schema, value)].map(({ type, path, message }) =>
    `options${path}: ${type === ValueErrorType.ObjectAdditionalProperties ? 'Unknown option' : message}`)
  throw new APIKIT_ERR_INVALID_OPTIONS(plugin, [...new Set(problems)].join('; '))
}

/** Copies what the defaults are written into; functions and instances of classes stay themselves. */
function copy (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  // Symbols too: a schema given as an option carries its kind under one. What is hidden, as the `toJSON` by which settings
  // hide their secrets, is no option.
  const keys = Reflect.ownKeys(value).filter(key => Object.prototype.propertyIsEnumerable.call(value, key))
  return Object.fromEntries(keys.map(key => [key, copy(value[key as never])]))
}
