/**
 * Payloads: checked when a task is added, kept as JSON, and read again when it runs.
 *
 * @module
 */

import type { Static, TSchema } from '@sinclair/typebox'
import { FAIL, type Issue, type Parse, Pass } from '../internal/schema/issue.ts'
import { Parsers } from '../internal/schema/parse.ts'
import type { Schema } from '../internal/route-plan.ts'
import { SchemaReader } from '../internal/schema/schema-reader.ts'
import { jsonable, type ResponseError } from '../response-model/index.ts'
import { APIKIT_ERR_TASK, APIKIT_ERR_TASK_PAYLOAD } from './errors.ts'

const MOST_ISSUES = 20

/** How a payload is written and read. */
export class PayloadCodec<S extends TSchema = TSchema> {
  readonly #task: string
  readonly #schema: S
  readonly #parse: Parse

  /** @throws APIKIT_ERR_TASK for a schema that cannot be understood */
  constructor (task: string, schema: S) {
    this.#task = task
    this.#schema = schema
    const parsers = new Parsers()
    const problems: string[] = []
    const reader = new SchemaReader({ lookup: () => undefined, refuse: problem => { problems.push(problem) }, parsers })
    const shape = reader.read(schema as unknown as Schema, 'payload')
    if (problems.length > 0) throw new APIKIT_ERR_TASK(`${task}: ${problems.join('; ').replaceAll('schema.payload', 'payload')}`)
    this.#parse = parsers.of(shape)
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
    const pass = new Pass(MOST_ISSUES)
    const payload = this.#parse(JSON.parse(json), pass)
    if (payload === FAIL) throw new APIKIT_ERR_TASK_PAYLOAD(this.#task, pass.issues.map(wordsOfIssue).join('; '))
    return payload as Static<S>
  }
}

function wordsOfIssue ({ loc, msg }: Pick<Issue, 'loc' | 'msg'>): string {
  return `${loc.length === 0 ? '' : `${loc.join('.')}: `}${msg}`
}

function wordsOf (error: unknown): string {
  const { problems, message } = error as Partial<ResponseError> & Error
  return problems?.map(({ loc, msg }) => wordsOfIssue({ loc: loc.slice(1), msg })).join('; ') ?? message
}
