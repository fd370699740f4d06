/**
 * Compiles the schemas of all parts of a request to one reader.
 *
 * @module
 */

import type { Ajv } from 'ajv'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { kModels } from '../types/codec.ts'
import { isFormSchema, isLostForm } from '../core/schema/form-fields.ts'
import { defaultOf } from '../core/schema/defaults.ts'
import { isOptional } from '../core/schema/schema-reader.ts'
import { modelsReader, wholeModelReader } from './models-reader.ts'
import { type Inputs, type InputValues, type Part, PARTS, type Reader, type Reading, type Refuse, type Schema } from '../core/plan/route-plan.ts'
import { bodyReader, contentReader } from './body-reader.ts'
import { CodeBuilder } from '../core/schema/codegen/code-builder.ts'
import { FAIL, Pass } from '../core/schema/issue.ts'
import { URLENCODED } from '../core/http/media-type.ts'
import { form, isForm, withJsonFields, withJsonInModels } from './form-source.ts'
import { type PartReader, parameterReader } from './parameter-reader.ts'
import type { Screen } from '../core/schema/parse.ts'
import { redact } from './redaction.ts'
import { type Secrets, secretsOf } from '../core/schema/secrets.ts'
import { isSchema } from '../core/schema/references.ts'
import { bare, type ObjectShape } from '../core/schema/shape.ts'
import { cookie, header, path, query } from './sources.ts'
import { type SchemaSource, understand, type Understood } from './understood.ts'

interface CompiledPart {
  readonly part: Part
  readonly reader: PartReader
}

/** Compiled reader of some inputs of a request. */
export class RequestReader implements Reader {
  readonly inputs: Inputs
  readonly #parts: readonly CompiledPart[]
  #readFast: ((request: FastifyRequest) => boolean) | undefined

  constructor (inputs: Inputs, parts: readonly CompiledPart[]) {
    this.inputs = inputs
    this.#parts = parts
  }

  /** Reads a valid request and stores its values. Returns `false` if anything needs the exact reader. */
  readFast (request: FastifyRequest): boolean {
    // Generated when first asked for: the inputs of a dependency are never read so.
    this.#readFast ??= generateFastReader(this.#parts.map(({ reader }) => reader))
    return this.#readFast(request)
  }

  /**
   * Returns the values of all parts, or `undefined` after recording issues.
   *
   * @param isSecond whether `readFast` has failed: of a single part it is known which
   */
  read (request: FastifyRequest, pass: Pass, isSecond = false): InputValues | undefined {
    const values: { [part in Part]?: unknown } = {}
    let whole = true
    const known = isSecond && this.#parts.length === 1
    for (const { part, reader } of this.#parts) {
      let value = known ? FAIL : reader.fast(request)
      if (value === FAIL) value = reader.exact(request, pass)
      if (value === FAIL) whole = false
      else values[part] = value
    }
    return whole ? values : undefined
  }

  store (request: FastifyRequest, values: InputValues): void {
    for (const { part, reader } of this.#parts) reader.store(request, values[part])
  }
}

/** Generates code for each route. In a loop shared by all routes, every call would have to look up its function. */
function generateFastReader (readers: readonly PartReader[]): (request: FastifyRequest) => boolean {
  const code = new CodeBuilder()
  const parts = readers.map((reader, index) => ({ name: code.value(reader), value: `value${index}` }))
  return code.compile(`return function readFast (request) {
    ${parts.map(({ name, value }) => `const ${value} = ${name}.fast(request); if (${value} === FAIL) return false`).join('\n')}
    ${parts.map(({ name, value }) => `${name}.store(request, ${value})`).join('\n')}
    return true
  }`, { FAIL })
}

/** Removes secrets from the issues of a part. */
function discreet (reader: PartReader, secrets: Secrets | undefined): PartReader {
  if (secrets === undefined) return reader
  return {
    ...reader,
    exact (request, pass) {
      const before = pass.issues.length
      const value = reader.exact(request, pass)
      redact(pass, before, secrets)
      return value
    }
  }
}

/** One pass over one request. */
export class RequestReading implements Reading {
  readonly pass: Pass
  readonly #request: FastifyRequest

  constructor (request: FastifyRequest, maxIssues: number) {
    this.#request = request
    this.pass = new Pass(maxIssues)
  }

  read (reader: Reader): InputValues | undefined {
    return (reader as RequestReader).read(this.#request, this.pass)
  }
}

const SOURCES = { params: path, querystring: query, headers: header, cookies: cookie } as const

export class InputCompiler {
  readonly #ajv: Ajv | undefined
  readonly #screen: Screen

  constructor (ajv: Ajv | undefined, screen: Screen) {
    this.#ajv = ajv
    this.#screen = screen
  }

  /**
   * @param app the scope whose `addSchema` references may mean
   * @param at path of the inputs, for messages
   */
  compile (app: FastifyInstance, inputs: Inputs, at: string, refuse: Refuse): RequestReader {
    const where = at === '' ? 'schema' : at
    const refuseHere: Refuse = problem => { refuse(problem.replace(/^schema(?=\.)/, where)) }
    const source = { lookup: (id: string) => app.getSchema(id) as Schema | undefined, ajv: this.#ajv, screen: this.#screen }
    const parts: CompiledPart[] = []
    for (const part of PARTS) {
      const schema = inputs[part]
      if (schema === undefined) continue
      if (!isSchema(schema)) refuse(`${where}.${part}: must be a JSON Schema object`)
      else {
        const reader = part === 'body' ? bodyOf(schema, source, refuseHere) : parametersOf(part, schema, source, refuseHere)
        parts.push({ part, reader: discreet(reader, secretsOf(part, schema, source.lookup)) })
      }
    }
    return new RequestReader(inputs, parts)
  }
}

function parametersOf (part: keyof typeof SOURCES, schema: Schema, schemas: SchemaSource, refuse: Refuse): PartReader {
  const first = understand(schema, part, schemas, refuse)
  const { kind } = bare(first.shape)
  if (kind !== 'object' && kind !== 'dict' && kind !== 'any') {
    refuse(`schema.${part}: must be an object schema with one property per parameter, got ${kind === 'array' ? 'an' : 'a'} ${kind}. Use Type.Object({ … })`)
  }
  const anew = () => understand(schema, part, schemas)
  if (schema[kModels] === true) return modelsReader(SOURCES[part] as typeof path, anew)
  return parameterReader(SOURCES[part] as typeof path, first, anew, isModel(schema))
}

function bodyOf (schema: Schema, schemas: SchemaSource, refuse: Refuse): PartReader {
  // It would be read as JSON.
  if ([schema.allOf ?? []].flat().some(isFormSchema)) refuse('schema.body: an intersection of forms is not a form. Use Form({ ...One.properties, ...Other.properties })')
  if (isLostForm(schema)) refuse('schema.body: has the fields of a Form(), but is read as JSON, as Type.Composite makes a new object of them. For a form, use Form({ ...One.properties, ...Other.properties }). For JSON, declare the fields outside of Form(), and use them in both')
  if (isFormSchema(schema)) return mediaOf(URLENCODED, schema, 'body', schemas, refuse)
  if (!isSchema(schema.content) || schema.type !== undefined) return mediaOf('', schema, 'body', schemas, refuse)
  const readers = Object.entries(schema.content).map(([type, media]) => {
    const inner = isSchema(media) && isSchema(media.schema) ? media.schema : {}
    return [type.toLowerCase(), mediaOf(type.toLowerCase(), inner, `body.content['${type}']`, schemas, refuse)] as const
  })
  return contentReader(new Map(readers))
}

function mediaOf (type: string, schema: Schema, at: string, schemas: SchemaSource, refuse: Refuse): PartReader {
  const first = understand(schema, at, schemas, refuse)
  if (!isForm(type)) return bodyReader(schema, first, () => understand(schema, at, schemas))
  const hasModels = schema[kModels] === true
  const formOf = ({ shape, parsers }: Understood): Understood => ({ shape: hasModels ? withJsonInModels(shape as ObjectShape) : withJsonFields(shape), parsers })
  const anew = (): Understood => formOf(understand(schema, at, schemas))
  if (hasModels) return modelsReader(form, anew)
  if (first.shape.kind !== 'object' && isFormSchema(schema)) {
    const field = { name: 'body', alias: 'body', required: !isOptional(schema), makeDefault: defaultOf(schema, first.shape, first.parsers), convertUnderscores: false }
    return wholeModelReader(form, field, anew)
  }
  return parameterReader(form, formOf(first), anew, isModel(schema))
}

/** Returns whether a schema is a parameter model. */
function isModel ({ title }: Schema): boolean {
  return typeof title === 'string'
}
