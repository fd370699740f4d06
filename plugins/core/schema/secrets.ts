/**
 * Which fields of a schema hold what must not be sent back: `Secret()`, `writeOnly: true`, `redact: true`.
 *
 * @module
 */

import { kRedact } from '../../types/codec.ts'
import type { Schema } from '../plan/route-plan.ts'
import { aliasesOf } from './aliases.ts'
import { isSchema, References, type SchemaLookup } from './references.ts'

/** The secrets of one part of a request, by the names of their fields, wherever in it they stand. */
export interface Secrets {
  readonly names: ReadonlySet<string>
  /** The names of all other fields, for an object in which something may be misspelt; `undefined`: all but `names` are shown. */
  readonly shown: ReadonlySet<string> | undefined
  /** The part itself is one. */
  readonly whole: boolean
  /** Keys that are no field are secrets. */
  readonly extras: boolean
}

/** Of the headers that everybody sends, those that let somebody in. */
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

  /** @param above the object is a secret, and so are its fields, should they stand elsewhere */
  #field (name: string, schema: unknown, references: References, above: boolean): void {
    const aliases = isSchema(schema) ? aliasesOf(schema, name) : [name]
    const names = this.isSecret(schema, references) || above ? this.names : this.fields
    // Headers are written in their own way.
    for (const one of [name, ...aliases]) names.add(one).add(one.replaceAll('_', '-').toLowerCase())
  }
}

/** All that stands for the value of a schema, or for one of its items; not the properties, which have names. */
function parts ({ anyOf, oneOf, allOf, items, prefixItems, additionalProperties, patternProperties, contentSchema }: Schema): unknown[] {
  return [anyOf, oneOf, allOf, items, prefixItems, additionalProperties, contentSchema, ...Object.values(Object(patternProperties))].flat()
}

/** @returns `undefined` where there is nothing to hide */
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
