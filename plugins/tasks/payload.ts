/**
 * Payloads: checked when a task is added, kept as JSON, and read again when it runs.
 *
 * @module
 */

import type { Static, TSchema } from '@fastify/type-provider-typebox'
import type { Issue } from '../core/schema/issue.ts'
import { valueReader, type ValueReading } from '../core/schema/value-reader.ts'
import { jsonable, type ResponseError } from '../response-model/index.ts'
import { APIKIT_ERR_TASK, APIKIT_ERR_TASK_PAYLOAD } from './errors.ts'

const MOST_ISSUES = 20

/** How a payload is written and read. */
export class PayloadCodec<S extends TSchema = TSchema> {
  readonly #task: string
  readonly #schema: S
  readonly #read: (payload: unknown) => ValueReading

  /** @throws APIKIT_ERR_TASK for a schema that cannot be understood */
  constructor (task: string, schema: S) {
    this.#task = task
    this.#schema = schema
    const refusal = (problems: string): Error => new APIKIT_ERR_TASK(`${task}: ${problems}`)
    this.#read = valueReader(schema, { name: 'payload', refusal, maxIssues: MOST_ISSUES })
  }

  /**
   * The payload as JSON: what the schema does not know is left out.
   *
   * @throws APIKIT_ERR_TASK_PAYLOAD
   */
  encode (payload: unknown): string {
    let json: string
    try {
      json = JSON.stringify(jsonable(payload, { schema: this.#schema }))
    } catch (cause) {
      throw Object.assign(new APIKIT_ERR_TASK_PAYLOAD(this.#task, wordsOf(cause)), { cause })
    }
    // What is written must be what can be read, and not only when it runs.
    this.decode(json)
    return json
  }

  /** @throws APIKIT_ERR_TASK_PAYLOAD when it does not fit: the schema is another one by now */
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
  // What a getter of the payload has thrown lies within.
  let innermost = error
  while (Object(innermost).cause instanceof Error) innermost = Object(innermost).cause
  return String(Object(innermost).message)
}
