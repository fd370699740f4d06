/**
 * Finds the fields that must not be sent back: `Secret()`, `writeOnly: true`, `redact: true`.
 *
 * @module
 */

import { kRedact } from '../../types/codec.ts'
import type { Schema } from '../plan/route-plan.ts'
import { aliasesOf } from './aliases.ts'
import { isSchema, References, type SchemaLookup } from './references.ts'

/** Secrets of one part of a request, by field name, at any depth. */
export interface Secrets {
  readonly names: ReadonlySet<string>
  /** Names of all other fields, for objects with possibly misspelled keys. `undefined` shows everything but `names`. */
  readonly shown: ReadonlySet<string> | undefined
  /** Whether the whole part is a secret. */
  readonly whole: boolean
  /** Whether unknown keys are secrets. */
  readonly extras: boolean
}

/** Headers with credentials. */
const CREDENTIALS: readonly string[] = ['authorization', 'proxy-authorization', 'cookie']

class Collector {
  readonly names = new Set<string>()
  readonly fields = new Set<string>()
  extras = false
  readonly #seen = new Map<Schema, boolean>()

  /** Whether a value of this schema is a secret, or a list or map of them. */
  isSecret (schema: unknown, references: References): boolean {
    if (!isSchema(schema)) return false
    const known = this.#seen.get(schema)
    if (known !== undefined) return known
    this.#seen.set(schema, false)
    const secret = this.#read(schema, references)
    this.#seen.set(schema, secret)
    return secret
  }

  #read (schema: Schema, references: References): boolean {
    const found = typeof schema.$ref === 'string' ? references.find(schema.$ref) : undefined
    const behind = found !== undefined && this.isSecret(found.schema, found.references)
    const own = schema.writeOnly === true || schema.redact === true || kRedact in schema
    if (isSchema(schema.properties)) for (const [name, property] of Object.entries(schema.properties)) this.#field(name, property, references, own)
    const isOpen = isSchema(schema.properties) && this.isSecret(schema.additionalProperties, references)
    if (isOpen) this.extras = true
    // Of an object with fields, those that it has besides are secrets; of a map, all of it is.
    const within = parts(schema).filter(part => this.isSecret(part, references) && !(isOpen && part === schema.additionalProperties))
    return behind || within.length > 0 || own
  }

  /** @param above whether the object is a secret, and with it its fields */
  #field (name: string, schema: unknown, references: References, above: boolean): void {
    const aliases = isSchema(schema) ? aliasesOf(schema, name) : [name]
    const names = this.isSecret(schema, references) || above ? this.names : this.fields
    // Headers are written in their own way.
    for (const one of [name, ...aliases]) names.add(one).add(one.replaceAll('_', '-').toLowerCase())
  }
}

/** Returns the schemas of the same value or of its items, without the properties, which have names. */
function parts ({ anyOf, oneOf, allOf, items, prefixItems, additionalProperties, patternProperties, contentSchema }: Schema): unknown[] {
  return [anyOf, oneOf, allOf, items, prefixItems, additionalProperties, contentSchema, ...Object.values(Object(patternProperties))].flat()
}

/** Returns the secrets of a schema, or `undefined` if it has none. */
export function secretsOf (part: string, schema: Schema, lookup: SchemaLookup): Secrets | undefined {
  const collector = new Collector()
  const { names, fields } = collector
  const roots = isSchema(schema.content) ? Object.values(schema.content).map(media => Object(media).schema) : [schema]
  const whole = roots.filter(root => isSchema(root) && collector.isSecret(root, new References(root, lookup))).length > 0
  const { extras } = collector
  const shown = names.size > 0 || extras ? new Set([...fields].filter(name => !names.has(name))) : undefined
  if (part === 'headers') for (const name of CREDENTIALS) names.add(name)
  return names.size > 0 || whole || extras ? { names, shown, whole, extras } : undefined
}
