/**
 * Resolves a `$ref` inside the schema itself, or among the schemas of the app (`app.addSchema`).
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'

export type SchemaLookup = (id: string) => Schema | undefined

export function isSchema (value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The names that `$ref` may use inside one root schema. */
export class References {
  readonly #byId = new Map<string, Schema>()
  readonly #root: Schema
  readonly #lookup: SchemaLookup

  constructor (root: Schema, lookup: SchemaLookup) {
    this.#root = root
    this.#lookup = lookup
    this.#collect(root, new Set())
  }

  // TypeBox names a recursive type by `$id`, and a module's types by the keys of `$defs`.
  #collect (schema: unknown, seen: Set<unknown>): void {
    if (typeof schema !== 'object' || schema === null || seen.has(schema)) return
    seen.add(schema)
    if (isSchema(schema)) {
      if (typeof schema.$id === 'string' && schema.$ref === undefined) this.#byId.set(schema.$id, schema)
      if (isSchema(schema.$defs)) {
        for (const [name, definition] of Object.entries(schema.$defs)) {
          if (isSchema(definition) && !this.#byId.has(name)) this.#byId.set(name, definition)
        }
      }
    }
    for (const key of Object.keys(schema)) this.#collect(Reflect.get(schema, key), seen)
  }

  /** Returns the schema behind `ref` and its own references, or `undefined`. */
  find (ref: string): { schema: Schema, references: References } | undefined {
    const [id = '', pointer = ''] = ref.split('#', 2)
    const here = id === '' ? this.#root : this.#byId.get(id) ?? this.#byId.get(ref)
    if (here !== undefined) return this.#walk(here, pointer, this)

    const elsewhere = this.#lookup(id)
    return elsewhere && this.#walk(elsewhere, pointer, new References(elsewhere, this.#lookup))
  }

  #walk (schema: Schema, pointer: string, references: References): { schema: Schema, references: References } | undefined {
    let target: unknown = schema
    for (const token of pointer.split('/').slice(1)) {
      const key = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')
      target = typeof target === 'object' && target !== null && Object.hasOwn(target, key) ? Reflect.get(target, key) : undefined
    }
    return isSchema(target) ? { schema: target, references } : undefined
  }
}
