/**
 * Payloads: validated when a task is added, stored as JSON, and parsed when it runs.
 *
 * @module
 */

import type { Static, TSchema } from '@fastify/type-provider-typebox'
import type { Issue } from '../core/schema/issue.ts'
import { valueReader, type ValueReading } from '../core/schema/value-reader.ts'
import { jsonable, type ResponseError } from '../response-model/index.ts'
import { APIKIT_ERR_TASK, APIKIT_ERR_TASK_PAYLOAD } from './errors.ts'

const MOST_ISSUES = 20

/** Writes and reads payloads. */
export class PayloadCodec<S extends TSchema = TSchema> {
  readonly #task: string
  readonly #schema: S
  readonly #read: (payload: unknown) => ValueReading

  /** @throws APIKIT_ERR_TASK when the schema is invalid. */
  constructor (task: string, schema: S) {
    this.#task = task
    this.#schema = schema
    const refusal = (problems: string): Error => new APIKIT_ERR_TASK(`${task}: ${problems}`)
    this.#read = valueReader(schema, { name: 'payload', refusal, maxIssues: MOST_ISSUES })
  }

  /**
   * Returns the payload as JSON, without fields that the schema does not have.
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD when it does not match the schema.
   */
  encode (payload: unknown): string {
    let json: string
    try {
      json = JSON.stringify(jsonable(payload, { schema: this.#schema }))
    } catch (cause) {
      throw Object.assign(new APIKIT_ERR_TASK_PAYLOAD(this.#task, wordsOf(cause)), { cause })
    }
    // Checks at once that the JSON can be read again.
    this.decode(json)
    return json
  }

  /** @throws APIKIT_ERR_TASK_PAYLOAD when it does not match the schema, which may have changed since. */
  decode (json: string): Static<S> {
    const reading = this.#read(JSON.parse(json))
    if ('issues' in reading) throw new APIKIT_ERR_TASK_PAYLOAD(this.#task, reading.issues.map(wordsOfIssue).join('; '))
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
