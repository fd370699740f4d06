import type { TObject } from '@fastify/type-provider-typebox'

/** A schema of the app. It is not in options.ts, whose declarations would then depend on the app's TypeBox. */
export interface SettingsSchema extends TObject {}

/** The part of JSON Schema that settings use. TypeBox schemas match it. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly description?: string
  readonly additionalProperties?: boolean | Schema | undefined
  readonly required?: readonly string[] | undefined
  /** The value is never shown. */
  readonly secret?: boolean
}

/** A schema with fields of its own, each of which is a setting. */
export interface Group extends Schema {
  readonly properties: NonNullable<Schema['properties']>
}

export type Path = readonly string[]

export function isGroup (schema: Schema): schema is Group {
  return schema.properties !== undefined
}

/** The members of a union, or the schema itself. */
export function membersOf (schema: Schema): readonly Schema[] {
  return schema.anyOf ?? [schema]
}

export function isSecret (schema: Schema): boolean {
  return membersOf(schema).some(({ secret }) => secret) || schema.secret === true
}

/** The schemas on the way to a path, outermost first, as far as the schema goes. */
export function schemasAt (schema: Schema, path: Path): Schema[] {
  const [first, ...rest] = path
  if (first === undefined) return [schema]
  const next = membersOf(schema).map(({ properties, items }) => properties?.[first] ?? items).find(found => found !== undefined)
  return next === undefined ? [schema] : [schema, ...schemasAt(next, rest)]
}
