/**
 * Validates values outside of a request, such as files, messages and rows.
 *
 * @module
 */

import type { StaticDecode, TSchema } from '@fastify/type-provider-typebox'
import type { Schema } from '../core/plan/route-plan.ts'
import { valueReader, type ValueReading } from '../core/schema/value-reader.ts'
import { APIKIT_ERR_PARSE } from './errors.ts'
import { redacted } from './redaction.ts'
import { type Secrets, secretsOf } from '../core/schema/secrets.ts'
import { ValidationError } from './validation-error.ts'

const MOST_ISSUES = 100

const refusal = (problems: string): Error => new APIKIT_ERR_PARSE(problems)

const readers = new WeakMap<TSchema, (input: unknown) => ValueReading>()

function readerOf (schema: TSchema): (input: unknown) => ValueReading {
  const known = readers.get(schema)
  if (known !== undefined) return known
  const read = valueReader(schema, { name: 'schema', refusal, maxIssues: MOST_ISSUES })
  const secrets = secretsOf('value', schema as unknown as Schema, () => undefined)
  const reader: typeof read = secrets === undefined ? read : input => discreet(read(input), secrets)
  readers.set(schema, reader)
  return reader
}

function discreet (reading: ValueReading, secrets: Secrets): ValueReading {
  return 'issues' in reading ? { issues: reading.issues.map(issue => redacted(issue, secrets, 0)) } : reading
}

/**
 * Validates and converts a value by the rules of a request body, as pydantic's `TypeAdapter(…).validate_python` does.
 * Returns a copy, with defaults filled in and unknown keys removed. The value itself is not changed.
 *
 * @param schema compiled on first use; declare it once, not in each call
 * @param value JSON value, or a value of its final type: a `Date`, a `Decimal`, a `Set`
 * @throws ValidationError when the value does not fit
 * @throws APIKIT_ERR_PARSE when the schema is invalid or unsupported
 * @example
 * ```ts
 * const { retries, since } = parse(Settings, JSON.parse(await readFile('settings.json', 'utf8')))
 * ```
 */
export function parse<S extends TSchema> (schema: S, value: unknown): StaticDecode<S> {
  const reading = readerOf(schema)(value)
  if ('issues' in reading) throw new ValidationError(reading.issues)
  return reading.value as StaticDecode<S>
}
