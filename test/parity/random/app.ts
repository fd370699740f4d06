/**
 * Makes the app of a description with this project.
 *
 * @module
 */

import { Readable } from 'node:stream'
import { type TObject, type TSchema, Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { options as serverOptions } from '../../../app.ts'
import { readExactJson } from '../../../plugins/core/json/cpython.ts'
import apikit from '../../../plugins/index.ts'
import { APIKIT_ERR_RESPONSE, jsonable, type ResponseError } from '../../../plugins/response-model/index.ts'
import {
  AnyUrl, BigInteger, Bytes, DateTime, Decimal, DictOf, Duration, Email, Embed, Enum, File, Form, FormModels, HttpUrl, IPv4, Json, Literal, Models, Nullable, OffsetDateTime, OffsetTime, PlainDate, PlainTime, SetOf, type UploadFile, Uuid
} from '../../../plugins/types/index.ts'
import { FAULT_HEADER } from './fault.ts'
import { parseExactly } from './exact-json.ts'
import { textOf } from '../../../plugins/validation/body-encoding.ts'
import type { AppDescription, Field, Kind, Model, Parameter, Place, Route, SimpleName } from './description.ts'

const SIMPLE: Readonly<Record<SimpleName, () => TSchema>> = {
  bool: () => Type.Boolean(),
  datetime: DateTime,
  offset_datetime: OffsetDateTime,
  offset_time: OffsetTime,
  date: PlainDate,
  time: PlainTime,
  timedelta: Duration,
  uuid: Uuid,
  decimal: Decimal,
  email: Email,
  http_url: HttpUrl,
  any_url: AnyUrl,
  ipv4: IPv4,
  bytes: Bytes,
  any: Type.Any,
  json: Json,
  file: File
}

/** Keywords by pydantic's names. */
const KEYWORDS: Readonly<Record<string, string>> = { ge: 'minimum', gt: 'exclusiveMinimum', le: 'maximum', lt: 'exclusiveMaximum', multiple_of: 'multipleOf', min_length: 'minLength', max_length: 'maxLength', pattern: 'pattern', allow_inf_nan: 'allowInfNan' }
const OF_LISTS: Readonly<Record<string, string>> = { min_length: 'minItems', max_length: 'maxItems' }

function keywordsOf (kind: Kind, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(kind).filter(([name]) => name in names).map(([name, value]) => [names[name], value]))
}

/** The schemas of one app: a model is one schema wherever it is used. */
class Schemas {
  readonly #models = new Map<string, TObject>()

  constructor (models: readonly Model[]) {
    for (const model of models) this.#models.set(model.name, this.#model(model))
  }

  #model ({ name, fields, extra }: Model): TObject {
    const additional = extra === undefined ? {} : { additionalProperties: extra === 'allow' }
    return Type.Object(this.fields(fields), { title: name, ...additional })
  }

  model (name: string): TObject {
    return this.#models.get(name) as TObject
  }

  fields (fields: readonly Field[]): Record<string, TSchema> {
    return Object.fromEntries(fields.map(field => [field.name, this.field(field)]))
  }

  field (field: Field): TSchema {
    const options = { ...'default' in field && { default: field.default }, ...field.alias !== undefined && { alias: field.alias } }
    return Object.keys(options).length === 0 ? this.of(field.type) : { ...this.of(field.type), ...options }
  }

  of (kind: Kind): TSchema {
    switch (kind.k) {
      case 'int': return kind.big === true ? BigInteger(keywordsOf(kind, KEYWORDS)) : Type.Integer(keywordsOf(kind, KEYWORDS))
      case 'float': return Type.Number(keywordsOf(kind, KEYWORDS))
      case 'str': return Type.String(keywordsOf(kind, KEYWORDS))
      case 'enum': return Enum(kind.values, { title: kind.name })
      case 'literal': return Literal(kind.values)
      case 'list': return Type.Array(this.of(kind.of), keywordsOf(kind, OF_LISTS))
      case 'set': return SetOf(this.of(kind.of), keywordsOf(kind, OF_LISTS))
      case 'tuple': return Type.Tuple(kind.of.map(item => this.of(item)))
      case 'dict': return kind.key.k === 'str' ? Type.Record(Type.String(), this.of(kind.value)) : DictOf(this.of(kind.key), this.of(kind.value))
      case 'nullable': return Nullable(this.of(kind.of))
      case 'union': return Type.Union(kind.of.map(item => this.of(item)), kind.discriminator === undefined ? {} : { discriminator: { propertyName: kind.discriminator } })
      case 'model': return this.model(kind.name)
      default: return SIMPLE[kind.k]()
    }
  }
}

function modelOf (kind: Kind): string | undefined {
  if (kind.k === 'nullable') return modelOf(kind.of)
  return kind.k === 'model' ? kind.name : undefined
}

/** What a place of a request reads: the schema, and the values of its parameters. */
interface Reader {
  readonly schema: TSchema
  read (part: unknown): Record<string, unknown>
}

/** FastAPI's title of a body is that of its parameter, which has no name here. */
function titled (schema: TSchema, { name, type }: Parameter): TSchema {
  return type.k === 'model' || type.k === 'enum' ? schema : { ...schema, title: name.charAt(0).toUpperCase() + name.slice(1) }
}

const asRecord = (part: unknown): Record<string, unknown> => part as Record<string, unknown>

function readerOf (parameters: readonly Parameter[], schemas: Schemas): Reader {
  const properties = schemas.fields(parameters)
  const named = (schema: TSchema): Reader => ({ schema, read: part => Object.fromEntries(parameters.map(({ name }) => [name, asRecord(part)[name]])) })
  const [first] = parameters as [Parameter]
  const isForm = first.in === 'form' || first.in === 'file'
  const whole = (schema: TSchema): Reader => ({ schema, read: part => ({ [first.name]: part }) })
  if (first.in === 'body') return parameters.length > 1 || first.embed === true ? named(Embed(properties)) : whole(titled(schemas.field(first), first))
  if (parameters.length === 1 && first.type.k === 'model') {
    const model = schemas.model(first.type.name)
    // A handler finds all headers beside those of the model.
    const read = (part: unknown) => ({ [first.name]: Object.fromEntries(Object.entries(asRecord(part)).filter(([name]) => name in model.properties)) })
    if (first.in === 'header' && model.additionalProperties === undefined && Number(/\d+/.exec(first.type.name)) % 2 === 0) return { schema: model, read }
    if (first.in === 'header') return named(Models(properties))
    const { type: _type, properties: fields, required: _required, ...options } = model
    return whole(isForm ? Form(fields, options) : model)
  }
  const hasModels = parameters.some(({ type }) => modelOf(type) !== undefined)
  if (isForm) return named(hasModels ? FormModels(properties) : Form(properties))
  return named(hasModels ? Models(properties) : Type.Object(properties))
}

const PLACES: ReadonlyArray<readonly [schema: string, request: keyof FastifyRequest | 'cookieParams', places: readonly Place[]]> = [
  ['params', 'params', ['path']],
  ['querystring', 'query', ['query']],
  ['headers', 'headers', ['header']],
  ['cookies', 'cookieParams', ['cookie']],
  ['body', 'body', ['body', 'form', 'file']]
]

function isFile (value: unknown): value is UploadFile {
  return typeof value === 'object' && value !== null && 'filename' in value
}

/** A value as `echo` of `app.py` writes it. */
async function echo (value: unknown, schema: TSchema): Promise<unknown> {
  if (Array.isArray(value) && value.some(isFile)) return await Promise.all(value.map(async item => await echo(item, schema)))
  if (isFile(value)) return { filename: value.filename, size: value.size, content: (await value.buffer()).toString('latin1') }
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (Array.isArray(value) && value.length > 0 && value.every(item => Buffer.isBuffer(item))) return value.map(item => item.toString('latin1'))
  return jsonable(value, { schema })
}

/** The bytes of bodies that are returned. */
const bodies = new WeakMap<FastifyRequest, Buffer>()

async function keepBody (request: FastifyRequest, _reply: unknown, payload: AsyncIterable<Buffer>): Promise<Readable> {
  const chunks: Buffer[] = []
  for await (const chunk of payload) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  bodies.set(request, body)
  return Object.assign(Readable.from(body.length === 0 ? [] : [body]), { receivedEncodedLength: body.length })
}

/** What FastAPI has of the body: its integers have all digits. */
function exactBody (request: FastifyRequest): unknown {
  if (typeof request.body !== 'object' && typeof request.body !== 'number') return request.body
  const text = textOf(bodies.get(request) as Buffer)
  try {
    return parseExactly(text)
  } catch { // Python's NaN and infinities
    return readExactJson(text)
  }
}

function register (app: FastifyInstance, route: Route, schemas: Schemas): void {
  const readers = PLACES.flatMap(([name, request, places]) => {
    const parameters = route.parameters.filter(({ in: place }) => places.includes(place))
    return parameters.length === 0 ? [] : [{ name, request, reader: readerOf(parameters, schemas) }]
  })
  const response = route.response
  const byName = new Map(route.parameters.map(({ name, type }) => [name, schemas.of(type)]))
  const handler = async (request: FastifyRequest): Promise<unknown> => {
    if (response !== undefined) return exactBody(request)
    const echoed: Record<string, unknown> = {}
    for (const { request: part, reader } of readers) {
      for (const [name, value] of Object.entries(reader.read(Reflect.get(request, part)))) echoed[name] = await echo(value, byName.get(name) as TSchema)
    }
    return echoed
  }
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    exposeHeadRoute: false,
    ...response && { preParsing: keepBody },
    config: {
      ...response && {
        response: {
          ...response.exclude_unset && { excludeUnset: true },
          ...response.exclude_defaults && { excludeDefaults: true },
          ...response.exclude_none && { excludeNull: true },
          ...response.by_name && { byAlias: false }
        }
      }
    },
    schema: {
      ...Object.fromEntries(readers.map(({ name, reader }) => [name, reader.schema])),
      response: { [route.status]: response === undefined ? Type.Any() : schemas.of(response.type) }
    },
    handler: Object.defineProperty(async (request: FastifyRequest, reply: { code (status: number): unknown }) => {
      reply.code(route.status)
      return await handler(request)
    }, 'name', { value: route.name })
  })
}

export async function makeApp ({ models, routes }: AppDescription): Promise<FastifyInstance> {
  const app = Fastify(serverOptions)
  await app.register(apikit, { docs: { title: 'FastAPI' }, forms: true, errors: { redirectSlashes: true }, responseModel: { undeclaredText: 'json' } })
  // The same answer as without, and what is wrong with a value besides.
  app.handle(APIKIT_ERR_RESPONSE, (error, _request, reply) => {
    const problems = (error as ResponseError).problems.map(({ type, loc }) => ({ type, loc }))
    reply.code(500).header(FAULT_HEADER, Buffer.from(JSON.stringify(problems)).toString('base64'))
    return { detail: 'Internal Server Error' }
  })
  const schemas = new Schemas(models)
  for (const route of routes) register(app, route, schemas)
  return app
}
