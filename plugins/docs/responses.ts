/**
 * Writes the responses of an operation.
 *
 * @module
 */

import { wordsOfStatus } from '../core/http/status-words.ts'
import { type DescribedContent, kContent } from '../core/http/described-content.ts'
import type { RoutePlan, Schema } from '../core/plan/route-plan.ts'
import { isSchema } from '../core/schema/references.ts'
import type { WrittenSchema } from './components.ts'
import { without } from './keywords.ts'
import { titleCase } from './names.ts'
import type { MediaType } from './request-body.ts'
import type { SchemaScope } from './schema-scope.ts'

export interface Response {
  readonly description: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, object>>
}

/** FastAPI leaves out its 422 if one of these is declared. */
const IN_PLACE_OF_422 = ['4XX', 'default']

const NO_BODY = /^(1..|204|205|304)$/

/** Without a model, text is sent as text. */
const ANYTHING = { content: { 'application/json': { schema: {} }, 'text/plain': { schema: { type: 'string' } } } }

/** The responses of the route and those that plugins add. A route without a success response has a 200 with any content. */
export function responsesOf ({ route, responses: planned, isTextJson }: RoutePlan, operationId: string, scope: SchemaScope): Record<string, Response> {
  const given = isSchema(route.schema?.response) ? route.schema.response : {}
  const isOfErrors = Object.keys(given).every(status => /^[45]/.test(status))
  const declared = Object.entries(isOfErrors ? { 200: route.schema?.produces === undefined && !isTextJson ? ANYTHING : {}, ...given } : given)
    .map(([status, schema]) => [keyOf(status), Object(schema) as Schema] as const)
    .filter(([, { not }]) => !isSchema(not) || Object.keys(not).length > 0) // Type.Never(): the status is not sent.
  const success = declared.find(([status]) => /^[23]/.test(status))?.[0]
  const types = route.schema?.produces ?? ['application/json']

  const responses: Record<string, Response> = {}
  for (const [status, schema] of declared) {
    const description = status === success ? 'Successful Response' : wordsOfStatus(status)
    const title = titleCase(`Response ${status === success ? '' : `${status} `}${operationId}`)
    const isEmpty = NO_BODY.test(status) || (status.startsWith('3') && schema.type === 'null')
    const described = schema[kContent] as DescribedContent | undefined
    responses[status] = {
      description,
      ...described === undefined ? responseOf(schema, isEmpty ? [] : types, title, scope) : describedResponse(schema, described, operationId, scope)
    }
  }
  const plannedKeys = new Set([...planned.keys()].map(keyOf))
  for (const [key, { description, contentType, schema, declared: whole }] of planned) {
    const status = keyOf(key)
    if (status in responses || (status === '422' && IN_PLACE_OF_422.some(other => other in responses || plannedKeys.has(other)))) continue
    if (whole !== undefined) {
      responses[status] = { description, ...responseOf(whole, types, titleCase(`Response ${status} ${operationId}`), scope) }
      continue
    }
    const root = schema as Schema | undefined
    responses[status] = { description, ...root && { content: { [contentType]: { schema: scope.writer(root, 'output').write(root) } } } }
  }
  return responses
}

function keyOf (status: string): string {
  return status === 'default' ? status : status.toUpperCase()
}

/** Content that is not one JSON value is described by the plugin that sends it. */
function describedResponse ({ description, headers }: Schema, describe: DescribedContent, operationId: string, scope: SchemaScope): Partial<Response> {
  const content = describe((schema, name) => {
    const writer = scope.writer(schema, 'output')
    return writer.titled(schema, titleCase(`${name}_${operationId}`))
  })
  return {
    ...typeof description === 'string' && { description },
    ...isSchema(headers) && { headers: headersOf(headers, scope) },
    ...content !== undefined && { content }
  }
}

/** @param types Media types of the content. Without any, there is none. */
function responseOf (root: Schema, types: readonly string[], title: string, scope: SchemaScope): Partial<Response> {
  const { description, headers, content } = root
  const shared = isSchema(headers) ? { headers: headersOf(headers, scope) } : {}
  const described = { ...typeof description === 'string' && { description }, ...shared }
  if (isSchema(content) && root.type === undefined) {
    // Fastify does not start with a media type that has no schema.
    const media = Object.entries(content as Record<string, { schema: Schema }>).map(([type, { schema, ...media }]) =>
      [type, { ...media, ...schemaOf(schema, type, title, scope) }] as const)
    return { ...described, content: Object.fromEntries(media) }
  }
  if (types.length === 0 || isOnlyDescribed(root)) return described

  const schema = headers === undefined ? root : without(root, 'headers')
  const { description: ofAnswer, ...written } = scope.writer(schema, 'output').write(schema)
  return {
    ...typeof ofAnswer === 'string' && { description: ofAnswer },
    ...shared,
    content: Object.fromEntries(types.map(type => [type, { schema: entitled(written, type, title) }]))
  }
}

/** Content that is not JSON, with an empty schema, gets no description. */
function schemaOf (schema: Schema, type: string, title: string, scope: SchemaScope): Partial<MediaType> {
  const written = entitled(scope.writer(schema, 'output').write(schema), type, title)
  return Object.keys(written).length === 0 && !type.includes('json') ? {} : { schema: written }
}

/** A response written by hand, such as `{ description: 'Not found' }`, which does not describe its content. */
function isOnlyDescribed (schema: Schema): boolean {
  return 'description' in schema && Reflect.ownKeys(schema).every(key => key === 'description' || key === 'headers')
}

/** JSON that is not a component has a title of its own, if anything is known of it. */
function entitled (written: WrittenSchema, type: string, title: string): WrittenSchema {
  return '$ref' in written || !type.includes('json') || Object.keys(written).length === 0 ? written : { ...written, title: written.title ?? title }
}

function headersOf (headers: Schema, scope: SchemaScope): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).map(([name, header]) => {
    if (!isSchema(header) || 'schema' in header) return [name, header]
    const { description, ...schema } = scope.writer(header, 'output').write(header)
    return [name, { ...typeof description === 'string' && { description }, schema }]
  }))
}
