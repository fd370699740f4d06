/**
 * JSON Schema (TypeBox or written by hand) → `Shape`. What cannot be understood is reported, never skipped.
 *
 * @module
 */

import type { Ajv } from 'ajv'
import { type Codec, kCodec, kContainer, kFrozen, kLiteral, kRefine } from '../../types/codec.ts'
import { isOptionalType, refinementsOf, transformOf } from '../../types/typebox.ts'
import type { Refuse, Schema } from '../plan/route-plan.ts'
import { foreignLibrary, plainSchema } from './foreign-schemas.ts'
import { areProperties, foreignCheck, foreignKeywords, type Known } from './keywords.ts'
import { objectShape } from './object-schema.ts'
import { compilePattern } from './pattern.ts'
import type { Parsers } from './parse.ts'
import { problemOfDefault } from './defaults.ts'
import { isSchema, References, type SchemaLookup } from './references.ts'
import { ANY, type SchemaContext, sized, titleOf } from './schema-context.ts'
import type { Pattern, Shape } from './shape.ts'
import { intersectionShape, unionShape } from './union-schema.ts'

export interface ReaderOptions {
  readonly lookup: SchemaLookup
  /** Parsers that decode the defaults. */
  readonly parsers: Parsers
  readonly refuse: Refuse
  /** Checks the keywords that the parser does not implement. */
  readonly ajv?: Ajv | undefined
}

/** Returns whether a value may be omitted: `Type.Optional`, or a default. */
export function isOptional (schema: Schema): boolean {
  return isOptionalType(schema) || 'default' in schema
}

export class SchemaReader implements SchemaContext {
  readonly #options: ReaderOptions
  readonly #shapes = new Map<Schema, Shape>()
  readonly #open = new Set<Schema>()
  /** Open schemas of the very value that is read, not of a value around it. */
  #same = new Set<Schema>()
  /** Steps that wait until the shapes behind references are known. */
  readonly #later: Array<() => void> = []

  constructor (options: ReaderOptions) {
    this.#options = options
  }

  get parsers (): Parsers {
    return this.#options.parsers
  }

  read (written: Schema, at = '', given?: References): Shape {
    const schema = plainSchema(written) as Schema
    const references = given ?? new References(schema, this.#options.lookup)
    const library = foreignLibrary(schema)
    if (library !== undefined) return this.refuse(at, `is a schema of ${library}, not JSON Schema. Describe it with TypeBox, or put the route in a child scope that has the compilers of ${library}`)
    const known = this.#shapes.get(schema)
    if (known !== undefined) return known
    if (this.#same.has(schema)) return this.refuse(at, 'the schema contains itself directly, so that no value could match. Put the reference into a property or an item')
    // A schema inside itself: followed when a value gets there.
    if (this.#open.has(schema)) return { kind: 'ref', target: () => this.#shapes.get(schema) as Shape }

    this.#open.add(schema)
    this.#same.add(schema)
    const shape = this.#refined(schema, at, references)
    this.#open.delete(schema)
    this.#same.delete(schema)
    this.#shapes.set(schema, shape)
    if (schema.validateDefault === true) this.later(() => { this.#checkDefault(schema, shape, at) })
    if (this.#open.size === 0) for (const finish of this.#later.splice(0)) finish()
    return shape
  }

  #checkDefault (schema: Schema, shape: Shape, at: string): void {
    const problem = problemOfDefault(schema, shape, this.parsers)
    if (problem !== undefined) this.refuse(at, problem)
  }

  refuse (at: string, problem: string): Shape {
    this.#options.refuse(`schema.${at}: ${problem}`)
    return ANY
  }

  #refined (schema: Schema, at: string, references: References): Shape {
    let shape = this.#nullable(schema, at, references)
    const refinements = (schema[kRefine] ?? []) as ReadonlyArray<(value: unknown) => unknown>
    for (const refine of [...refinementsOf(schema), ...refinements]) shape = { kind: 'refined', inner: shape, refine }
    const transform = transformOf(schema)
    return transform === undefined ? shape : { kind: 'refined', inner: shape, refine: transform.decode, encode: transform.encode }
  }

  #nullable (schema: Schema, at: string, references: References): Shape {
    const shape = this.#plain(schema, at, references)
    return schema.nullable === true ? { kind: 'nullable', inner: shape } : shape
  }

  #plain (schema: Schema, at: string, references: References): Shape {
    const codec = schema[kCodec] as Codec | undefined
    if (codec !== undefined) return this.#domain(schema, codec, at)
    if (schema[kContainer] === 'json') return { kind: 'json-text', inner: this.part(schema.contentSchema, `${at}.contentSchema`, references) }
    if (typeof schema.$ref === 'string') return this.checked(schema, 'ref', at, this.#reference(schema.$ref, at, references))
    const members = schema.anyOf ?? schema.oneOf
    if (Array.isArray(members)) return this.checked(schema, 'union', at, this.#union(schema, members, at, references))
    if (Array.isArray(schema.allOf)) return intersectionShape(this, schema, schema.allOf, at, references)
    if ('const' in schema || Array.isArray(schema.enum)) return this.checked(schema, 'enum', at, this.#literal(schema, at))
    return this.#typed(schema, at, references)
  }

  #domain (schema: Schema, codec: Codec, at: string): Shape {
    const foreign = Object.keys(foreignKeywords(schema, 'codec') ?? {}).filter(keyword => codec.keywords?.includes(keyword) !== true)
    if (foreign.length > 0) return this.refuse(at, `${foreign.join(', ')}: unsupported for the type ${codec.label}. Check the value with Refine()`)
    return { kind: 'codec', codec }
  }

  #typed (schema: Schema, at: string, references: References): Shape {
    switch (schema.type) {
      case undefined:
        return schema.properties !== undefined ? objectShape(this, schema, at, references) : this.checked(schema, 'any', at, ANY)
      case 'null': case 'boolean':
        return this.checked(schema, schema.type, at, { kind: schema.type })
      case 'integer': case 'number': {
        const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = schema as Record<string, number | undefined>
        const bounds = { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum }
        const bounded = Object.values(bounds).some(bound => bound !== undefined)
        return this.checked(schema, schema.type, at, { kind: schema.type, ...bounds, bounded, finite: schema.allowInfNan === false })
      }
      case 'string': {
        const pattern = this.pattern(schema.pattern, at)
        // Without a bound of its own a text is as long as its pattern can bear.
        return this.checked(schema, 'string', at, { kind: 'string', ...sized(schema.minLength, schema.maxLength ?? pattern?.longest), pattern })
      }
      case 'array': return this.#array(schema, at, references)
      case 'object': return objectShape(this, schema, at, references)
      default:
        if (Array.isArray(schema.type)) {
          const { type: types, ...rest } = schema
          return this.#union(schema, types.map((type: unknown) => ({ ...rest, type, validateDefault: undefined })), at, references)
        }
        return this.refuse(at, `type must be one of JSON Schema, got ${JSON.stringify(schema.type)}. For dates and bytes use fastify-apikit/types`)
    }
  }

  child (schema: unknown, at: string, references: References): Shape {
    if (schema === undefined || schema === true) return ANY
    if (isSchema(schema)) return this.read(schema, at, references)
    return this.refuse(at, 'must be a JSON Schema object')
  }

  /** Reads the schema of a part of the value, which may refer to the whole. */
  part (schema: unknown, at: string, references: References): Shape {
    const same = this.#same
    this.#same = new Set()
    const shape = this.child(schema, at, references)
    this.#same = same
    return shape
  }

  #reference (ref: string, at: string, references: References): Shape {
    const found = references.find(ref)
    if (found === undefined) return this.refuse(at, `unknown reference ${JSON.stringify(ref)}. Add the schema with app.addSchema, or write it in place`)
    if (this.#open.has(found.schema) && typeof found.schema.$ref === 'string') return this.refuse(at, `the reference ${JSON.stringify(ref)} refers to itself`)
    return this.read(found.schema, at, found.references)
  }

  #union (schema: Schema, members: readonly unknown[], at: string, references: References): Shape {
    const shapes = members.map((member, index) => this.child(member, `${at}.anyOf[${index}]`, references))
    const others = shapes.filter(shape => shape.kind !== 'null')
    const union = unionShape(this, schema, others, at)
    return others.length < shapes.length ? { kind: 'nullable', inner: union } : union
  }

  #literal (schema: Schema, at: string): Shape {
    const title = titleOf(schema)
    const values = 'const' in schema ? [schema.const] : schema.enum as unknown[]
    if (values.length === 0) return this.refuse(at, 'enum must have at least one value')
    if (values.some(value => Object(value) === value)) return this.refuse(at, 'const and enum are supported only for strings, numbers, booleans and null. Describe objects by their properties')
    if ('const' in schema) return { kind: 'literal', values, issue: 'literal_error', title }
    return { kind: 'literal', values: schema.enum as unknown[], issue: schema[kLiteral] === true ? 'literal_error' : 'enum', title }
  }

  #array (schema: Schema, at: string, references: References): Shape {
    const failFast = schema.failFast === true
    const size = { ...sized(schema.minItems, schema.maxItems), failFast }
    const tuple = schema.prefixItems ?? schema.items
    if (Array.isArray(tuple)) {
      const items = tuple.map((item, index) => this.part(item, `${at}.items[${index}]`, references))
      return this.checked(schema, 'tuple', at, { kind: 'tuple', items, failFast })
    }
    // TypeBox's empty tuple has neither items nor prefixItems, and maxItems 0.
    if (schema.maxItems === 0 && schema.items === undefined) return { kind: 'tuple', items: [] }
    const items = this.part(schema.items, `${at}.items`, references)
    if (schema[kContainer] === 'set') return this.checked(schema, 'set', at, { kind: 'set', items, frozen: schema[kFrozen] === true, ...size })
    return this.checked(schema, 'array', at, { kind: 'array', items, ...size })
  }

  pattern (source: unknown, at: string): Pattern | undefined {
    if (typeof source !== 'string') return undefined
    try {
      const pattern = compilePattern(source)
      return { source, test: text => pattern.test(text), longest: pattern.longest }
    } catch (error) {
      this.refuse(at, `unsupported pattern ${source}: ${(error as Error).message}. Look-around and back-references are not supported. Check the value in code: Refine(Type.String(), value => { … }) of fastify-apikit/types`)
      return undefined
    }
  }

  later (finish: () => void): void {
    this.#later.push(finish)
  }

  /** Adds Ajv for the keywords that the parser does not implement. */
  checked (schema: Schema, known: Known, at: string, inner: Shape): Shape {
    const keywords = foreignKeywords(schema, known)
    if (keywords === undefined) return inner
    try {
      return { kind: 'checked', inner, check: foreignCheck(keywords, this.#options.ajv) }
    } catch (error) {
      const names = Object.keys(keywords).join(', ')
      // Fastify takes it, and checks nothing: `response: { 201: { id: Type.Number() } }`.
      if (areProperties(schema)) return this.refuse(at, `must be a JSON Schema. For an object with these properties write Type.Object({ … }): ${names}`)
      return this.refuse(at, `${names}: ${String(error instanceof Error ? error.message : error)}`)
    }
  }
}
