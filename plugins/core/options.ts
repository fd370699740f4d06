import { isDeepStrictEqual } from 'node:util'
import type { Static, TSchema } from '@sinclair/typebox'
import { Value, type ValueError, ValueErrorType } from '@sinclair/typebox/value'
import type { FastifyInstance } from 'fastify'
import { APIKIT_ERR_INVALID_OPTIONS } from './errors.ts'
import { isHostOption } from './host-options.ts'
import { register } from './registry.ts'

/** Some options, checked. */
export interface CheckedOptions<T extends TSchema> {
  /** With the defaults filled in. Of the schema's type only when there are no problems. */
  readonly value: Static<T>
  readonly problems: readonly string[]
}

/**
 * Returns `options` with their defaults. The argument is not changed.
 *
 * @param owner Owner of the options, for the message: `fastify-apikit/docs`.
 * @param scope Scope in which a plugin is registered with them. This is noted, and options that Fastify, autoload or the CLI pass to
 *   every plugin are ignored.
 * @throws APIKIT_ERR_INVALID_OPTIONS when options are unknown or invalid. One error lists all of them.
 */
export function parseOptions<T extends TSchema> (owner: string, schema: T, options: object, scope?: FastifyInstance): Static<T> {
  const own = scope === undefined ? options : ownOptions(scope, schema, options)
  const { value, problems } = checkOptions(schema, own)
  if (problems.length > 0) throw new APIKIT_ERR_INVALID_OPTIONS(owner, problems.join('; '))
  if (scope !== undefined) register(scope, owner.replace('fastify-apikit/', ''), withoutDefaults(schema, own))
  return value
}

/**
 * Checks options without throwing.
 *
 * @param at where they stand, for the problems
 */
export function checkOptions<T extends TSchema> (schema: T, options: object, at = 'options'): CheckedOptions<T> {
  const value = Value.Default(schema, copy(Object.fromEntries(Object.entries(options))))
  if (Value.Check(schema, value)) return { value, problems: [] }
  const problems = [...Value.Errors(schema, value)].map(error => `${at}${error.path}: ${wordsOf(error)}`)
  return { value: value as Static<T>, problems: [...new Set(problems)] }
}

/** What is wrong. Of a union: what each of its members expects. */
function wordsOf ({ type, message, errors }: ValueError): string {
  if (type === ValueErrorType.ObjectAdditionalProperties) return 'Unknown option'
  if (type !== ValueErrorType.Union) return message
  const expected = errors.map(member => member.First()).filter(error => error !== undefined).map(error => wordsOf(error).replace(/^Expected /, ''))
  return `Expected ${[...new Set(expected)].join(' or ')}`
}

function ownOptions (scope: FastifyInstance, schema: TSchema, options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([key, value]) => Object.hasOwn(Object(schema.properties), key) || !isHostOption(scope, key, value)))
}

function withoutDefaults ({ properties }: TSchema, options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([key, value]) => value !== undefined && !isDeepStrictEqual(value, properties[key].default)))
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
