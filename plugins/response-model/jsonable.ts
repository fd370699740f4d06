/**
 * Converts values to JSON values outside of a response, for a document store, a queue or a log. FastAPI's `jsonable_encoder`.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/encoder/
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { ResponseOptions } from '../core/plan/response-options.ts'
import type { Schema } from '../core/plan/route-plan.ts'
import { APIKIT_ERR_JSONABLE } from './errors.ts'
import type { Jsonable, JsonableOptions } from './jsonable-options.ts'
import { PlainEncoder } from './jsonable-plain.ts'
import { compileModel, type Serialize, serializer } from './model.ts'
import { checkOptions, presentationOf } from './selection.ts'

/** Compiled models, by presentation. */
const models = new WeakMap<TSchema, Map<string, Serialize>>()

function modelOf (schema: TSchema, options: ResponseOptions): Serialize {
  const key = JSON.stringify(options)
  const known = models.get(schema) ?? new Map<string, Serialize>()
  models.set(schema, known)
  const found = known.get(key)
  if (found !== undefined) return found

  const problems: string[] = []
  const presentation = presentationOf([options])
  const model = compileModel(schema as unknown as Schema, { at: 'model', lookup: () => undefined, refuse: problem => { problems.push(problem) }, presentation })
  for (const name of model.unmet.flatMap(({ names }) => names)) problems.push(`${name}: unknown field of the model`)
  if (problems.length > 0) throw new APIKIT_ERR_JSONABLE(problems.join('; '))
  const serialize = serializer(model, 'jsonable')
  known.set(key, serialize)
  return serialize
}

/**
 * Returns a copy of a value that has only JSON values.
 *
 * With a `schema` it is what a response with that model would send. Without one, it is what FastAPI's encoder returns: a `Date` is
 * `2020-01-02T03:04:05+00:00`, a duration its seconds, a decimal a number, bytes their text,
 * a set or an iterator an array, a map an object, a `RegExp` its source, a secret stars, an instance its own
 * properties, or the result of its `toJSON`. `undefined`, functions and symbols are left out.
 *
 * @param value Value of any type.
 * @param options `schema`, `encoders` (without a schema), and those of `config.response`. `byAlias` and `excludeDefaults` need a schema.
 * @throws APIKIT_ERR_JSONABLE for values that JSON cannot represent (NaN, an integer that would be rounded, a circular reference),
 *   and for options that do not apply.
 * @throws APIKIT_ERR_RESPONSE when the value does not match the schema.
 * @example
 * ```ts
 * await store.put(id, jsonable(item, { schema: Item, excludeUnset: true }))
 * ```
 */
export function jsonable (value: unknown, { schema, encoders = new Map(), ...options }: JsonableOptions = {}): Jsonable {
  const problems: string[] = []
  if (checkOptions(options, 'options', problem => { problems.push(problem) })) {
    if (schema !== undefined) {
      if (encoders.size > 0) throw new APIKIT_ERR_JSONABLE('encoders cannot be used with a schema')
      return JSON.parse(modelOf(schema, options)(value))
    }
    if (options.excludeDefaults === undefined && options.byAlias === undefined) return new PlainEncoder(options, encoders).encode(value)
    problems.push('excludeDefaults and byAlias need a schema')
  }
  throw new APIKIT_ERR_JSONABLE(problems.join('; '))
}
