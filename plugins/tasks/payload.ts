/**
 * Payloads and results: validated when they are stored, kept as JSON, and parsed when they are read.
 *
 * @module
 */

import type { Static, TSchema } from '@fastify/type-provider-typebox'
import type { Issue } from '../core/schema/issue.ts'
import { valueReader, type ValueReading } from '../core/schema/value-reader.ts'
import { jsonable, type ResponseError } from '../response-model/index.ts'
import { APIKIT_ERR_TASK, APIKIT_ERR_TASK_PAYLOAD, APIKIT_ERR_TASK_RESULT } from './errors.ts'

const MOST_ISSUES = 20

const REFUSALS = { payload: APIKIT_ERR_TASK_PAYLOAD, result: APIKIT_ERR_TASK_RESULT }

/** Writes and reads payloads, or results. */
export class ValueCodec<S extends TSchema = TSchema> {
  readonly #task: string
  readonly #schema: S
  readonly #what: keyof typeof REFUSALS
  readonly #read: (payload: unknown) => ValueReading

  /** @throws APIKIT_ERR_TASK when the schema is invalid. */
  constructor (task: string, schema: S, what: keyof typeof REFUSALS) {
    this.#task = task
    this.#schema = schema
    this.#what = what
    const refusal = (problems: string): Error => new APIKIT_ERR_TASK(`${task}: ${problems}`)
    this.#read = valueReader(schema, { name: what, refusal, maxIssues: MOST_ISSUES })
  }

  /**
   * Returns the value as JSON, without fields that the schema does not have.
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD or APIKIT_ERR_TASK_RESULT when it does not match the schema.
   */
  encode (value: unknown): string {
    let json: string
    try {
      json = JSON.stringify(jsonable(value, { schema: this.#schema }))
    } catch (cause) {
      throw Object.assign(new REFUSALS[this.#what](this.#task, wordsOf(cause)), { cause })
    }
    // Checks at once that the JSON can be read again.
    this.decode(json)
    return json
  }

  decode (json: string): Static<S> {
    return this.parse(JSON.parse(json))
  }

  /** @throws APIKIT_ERR_TASK_PAYLOAD or APIKIT_ERR_TASK_RESULT when it does not match the schema, which may have changed since. */
  parse (value: unknown): Static<S> {
    const reading = this.#read(value)
    if ('issues' in reading) throw new REFUSALS[this.#what](this.#task, reading.issues.map(wordsOfIssue).join('; '))
    return reading.value as Static<S>
  }
}

function wordsOfIssue ({ loc, msg }: Pick<Issue, 'loc' | 'msg'>): string {
  return `${loc.length === 0 ? '' : `${loc.join('.')}: `}${msg}`
}

function wordsOf (error: unknown): string {
  const { problems = [] } = error as Partial<ResponseError>
  if (problems.length > 0) return problems.map(({ loc, msg }) => wordsOfIssue({ loc: loc.slice(1), msg })).join('; ')
  // An error of a getter in the payload.
  let innermost = error
  while (Object(innermost).cause instanceof Error) innermost = Object(innermost).cause
  return String(Object(innermost).message)
}
