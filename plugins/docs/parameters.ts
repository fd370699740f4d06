/**
 * Writes the parameters of an operation.
 *
 * @module
 */

import { kModels } from '../types/codec.ts'
import { aliasesOf } from '../core/schema/aliases.ts'
import { modelsOf } from '../core/schema/form-fields.ts'
import type { Inputs, RoutePlan, Schema } from '../core/plan/route-plan.ts'
import type { WrittenSchema } from './components.ts'
import { without } from './keywords.ts'
import { titleCase } from './names.ts'
import type { SchemaScope } from './schema-scope.ts'
import type { Field, SchemaWriter } from './schema-writer.ts'

export interface Parameter {
  readonly name: string
  readonly in: Place
  readonly required: boolean
  readonly schema: WrittenSchema
  readonly [keyword: string]: unknown
}

type Place = 'path' | 'query' | 'header' | 'cookie'

const PLACES = [['params', 'path'], ['querystring', 'query'], ['headers', 'header'], ['cookies', 'cookie']] as const

/**
 * Path, query, header and cookie parameters. In each the route's own come first, then those of its dependencies. Of two with one
 * name the last counts, but a required one wins. It keeps the position of the first.\n\n@param names Names of the path parameters,
 * by Fastify's names.
 */
export function parametersOf ({ inputs, inherited }: RoutePlan, names: ReadonlyMap<string, string>, scope: SchemaScope): Parameter[] {
  const all = [inputs, ...inherited.map(({ inputs }) => inputs)]
  const found = PLACES.flatMap(([part, place]) => all.flatMap(inputs => parametersIn(inputs, part, place, { scope, names })))

  // What is hidden is described as well.
  const described = new Set(all.flatMap(({ params }) => params === undefined ? [] : scope.writer(params, 'input').fields(params).map(field => names.get(inPath(field, names).alias))))
  const bare = [...names.values()].filter(name => !described.has(name))
    .map((name): Parameter => ({ name, in: 'path', required: true, schema: { type: 'string', title: titleCase(name) } }))

  const byName = new Map<string, Parameter>()
  for (const parameter of [...bare, ...found, ...found.filter(({ required }) => required)]) byName.set(`${parameter.in} ${parameter.name}`, parameter)
  return [...byName.values()]
}

/** Returns the name of the wildcard parameter, `Type.String({ alias: '*' })`. `undefined` without one. */
export function wildcardName ({ inputs, inherited }: RoutePlan, scope: SchemaScope): string | undefined {
  const fields = [inputs, ...inherited.map(({ inputs }) => inputs)].flatMap(({ params }) => params === undefined ? [] : scope.writer(params, 'input').fields(params))
  return fields.find(({ name, alias }) => alias === '*' && name !== '*')?.name
}

interface Where {
  readonly scope: SchemaScope
  readonly names: ReadonlyMap<string, string>
}

function parametersIn (inputs: Inputs, part: typeof PLACES[number][0], place: Place, { scope, names }: Where): Parameter[] {
  const root = inputs[part]
  if (root === undefined) return []
  const writer = scope.writer(root, 'input')
  // Fields of a header model keep their names as titles.
  const isModel = typeof root.title === 'string'
  const fields = (root[kModels] === true ? flattened(writer, root) : writer.fields(root).map(field => ({ ...field, isModel })))
    .map(field => place === 'path' ? inPath(field, names) : field)
    .filter(({ schema, alias }) => schema.hide !== true && (place !== 'path' || names.has(alias)))
  return fields.map(field => {
    const name = place === 'header' ? headerName(field) : place === 'path' ? String(names.get(field.alias)) : field.alias
    const schema = without(field.writer.titled(field.schema, titleCase(field.isModel && place !== 'path' ? field.alias : name)), 'example')
    const { description, deprecated } = schema
    return {
      name,
      in: place,
      required: field.required || place === 'path',
      schema,
      ...typeof description === 'string' && { description },
      ...examplesOf(field.schema),
      ...deprecated === true && { deprecated }
    }
  })
}

interface ModelField extends Field {
  /** If true, it is a field of a model, which keeps its own name as its title. */
  readonly isModel: boolean
}

/** Returns the fields of several models, and single ones. Of two with one name the last counts, but a required one wins, at the position of the first. */
function flattened (writer: SchemaWriter, root: Schema): ModelField[] {
  const all = writer.fields(root).flatMap((field): ModelField[] => {
    const models = modelsOf(field.schema)
    const isLeftOut = !field.required
    return models.length === 0
      ? [{ ...field, isModel: false }]
      : models.flatMap(model => writer.fields(model)).map(own => ({ ...own, required: own.required && !isLeftOut, isModel: true }))
  })
  return [...new Map([...all, ...all.filter(({ required }) => required)].map(field => [field.alias, field])).values()]
}

/** Renames a field to the one of its names that the path has. */
function inPath<T extends Field> (field: T, names: ReadonlyMap<string, string>): T {
  return { ...field, alias: aliasesOf(field.schema, field.name).find(alias => names.has(alias)) ?? field.alias }
}

/** Named examples beside a schema. */
export function examplesOf ({ openapiExamples: examples, example }: Schema): { examples?: unknown, example?: unknown } {
  if (examples !== undefined) return { examples }
  return example === undefined ? {} : { example }
}

/** `user_agent` is sent as `user-agent`. An `alias` is kept as it is. */
function headerName ({ name, alias, schema }: Field): string {
  return alias === name && !Array.isArray(schema.alias) && schema.convertUnderscores !== false ? alias.replaceAll('_', '-').toLowerCase() : alias
}
