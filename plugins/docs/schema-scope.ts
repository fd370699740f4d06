/**
 * Finds the schemas of routes that are one component.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import type { Schema } from '../core/plan/route-plan.ts'
import { isSchema, References } from '../core/schema/references.ts'
import { Component, type Direction, type WrittenSchema } from './components.ts'
import { isSameModel, modelOf } from './keywords.ts'
import { SchemaWriter } from './schema-writer.ts'

export interface Model {
  readonly name: string
  readonly component: Component
  /** What is written of it, before it is. */
  readonly schema: Schema
}

class Models {
  /** By the list of their properties or values, or by themselves. */
  readonly #known: Readonly<Record<Direction, Map<unknown, Model[]>>> = { input: new Map(), output: new Map() }

  find (schema: Schema, name: string, direction: Direction): Model | undefined {
    return this.#known[direction].get(keyOf(schema))?.find(model => model.name === name && isSameModel(model.schema, schema))
  }

  add (model: Model, direction: Direction): void {
    const key = keyOf(model.schema)
    this.#known[direction].set(key, [...this.#known[direction].get(key) ?? [], model])
  }
}

function keyOf (schema: Schema): unknown {
  return schema.properties ?? schema.enum ?? schema.$id
}

/** The schemas of the document. */
export class Schemas {
  readonly components: Component[] = []
  /** What says the same in every scope. */
  readonly models = new Models()
  readonly #scopes = new Map<FastifyInstance, SchemaScope>()
  readonly #separate: boolean

  /** @param separate Whether the request and response form of a model may be two components. */
  constructor (separate = true) {
    this.#separate = separate
  }

  /** The direction in which a part of a route is written. */
  directionOf (root: Schema, direction: Direction): Direction {
    // Fields that only responses have, such as computed ones, are left out of inputs.
    return this.#separate || hasReadOnly(root) ? direction : 'input'
  }

  of (app: FastifyInstance): SchemaScope {
    const scope = this.#scopes.get(app) ?? new SchemaScope(this, app)
    this.#scopes.set(app, scope)
    return scope
  }
}

/** The schemas of the routes of one scope, which has its own `app.addSchema`. */
export class SchemaScope {
  readonly #schemas: Schemas
  readonly #app: FastifyInstance
  readonly #models = new Models()

  constructor (schemas: Schemas, app: FastifyInstance) {
    this.#schemas = schemas
    this.#app = app
  }

  /** The writer of one part of a route. */
  writer (root: Schema, direction: Direction): SchemaWriter {
    return new SchemaWriter(this, new References(root, id => this.#app.getSchema(id) as Schema | undefined), this.#schemas.directionOf(root, direction))
  }

  add (name: string, direction: Direction): Component {
    const component = new Component(name, direction, this.#app.prefix)
    this.#schemas.components.push(component)
    return component
  }

  /** Returns the model that a schema uses. `write` is called once for each. */
  model (schema: Schema, name: string, direction: Direction, write: (schema: Schema) => WrittenSchema): Model {
    const known = this.#find(schema, name, direction)
    if (known !== undefined) return known
    // A model may be used with additions. The first form that is seen counts, in both directions.
    const other = this.#find(schema, name, direction === 'input' ? 'output' : 'input')
    const model = { name, component: this.add(name, direction), schema: other?.schema ?? modelOf(schema) }
    const models = refers(schema) ? this.#models : this.#schemas.models
    models.add(model, direction)
    model.component.schema = write(model.schema)
    return model
  }

  #find (schema: Schema, name: string, direction: Direction): Model | undefined {
    return this.#schemas.models.find(schema, name, direction) ?? this.#models.find(schema, name, direction)
  }
}

/** Tells whether a schema has references, whose meaning depends on the scope. */
function refers (schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && ('$ref' in schema || Object.values(schema).some(refers))
}

/** Tells whether a model has fields that only responses have. */
function hasReadOnly (schema: unknown, seen: Set<unknown> = new Set()): boolean {
  if (Array.isArray(schema)) return schema.some(part => hasReadOnly(part, seen))
  if (!isSchema(schema) || seen.has(schema)) return false
  seen.add(schema)
  const { properties, items, prefixItems, anyOf, oneOf, allOf, additionalProperties, patternProperties } = schema
  const fields = Object.values(Object(properties))
  return fields.some(field => isSchema(field) && field.readOnly === true) ||
    hasReadOnly([...fields, items, prefixItems, anyOf, oneOf, allOf, additionalProperties, ...Object.values(Object(patternProperties))], seen)
}
