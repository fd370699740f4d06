/**
 * Checks that a route and its dependencies declare inputs of one name alike.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util'
import { kEmbed, kForm } from '../types/codec.ts'
import { checksOf, isMark } from '../types/typebox.ts'
import { aliasesOf } from '../core/schema/aliases.ts'
import type { InheritedInputs, Inputs, Part, Refuse, Schema } from '../core/plan/route-plan.ts'

const NAMES: Readonly<Record<Exclude<Part, 'body'>, string>> = { params: 'path', querystring: 'query', headers: 'header', cookies: 'cookie' }

/** Keywords that describe a value without restricting it. */
const WORDS: ReadonlySet<string> = new Set(['title', 'description', 'examples', 'deprecated', '$comment'])

interface Field {
  readonly from: string
  readonly schema: unknown
}

/** Reports inputs of one name with different schemas, and bodies that cannot be read together. */
export function checkInputs (route: Inputs, inherited: readonly InheritedInputs[], refuse: Refuse): void {
  const owners = [...inherited, { from: 'the route', inputs: route }]
  for (const [part, name] of Object.entries(NAMES) as Array<[Exclude<Part, 'body'>, string]>) {
    checkFields(owners.map(({ from, inputs }) => ({ from, schema: inputs[part] })), `${name} parameter`, refuse, part === 'headers')
  }
  checkBodies(owners.flatMap(({ from, inputs: { body } }) => body === undefined ? [] : [{ from, schema: body }]), refuse)
}

function checkFields (owners: readonly Field[], what: string, refuse: Refuse, isHeader = false): void {
  const known = new Map<string, Field>()
  for (const { from, schema } of owners) {
    for (const [property, field] of Object.entries(propertiesOf(schema))) {
      const [alias] = aliasesOf(Object(field), property)
      const key = isHeader ? alias.toLowerCase().replaceAll('_', '-') : alias
      const first = known.get(key)
      if (first === undefined) known.set(key, { from, schema: field })
      else if (!isSame(first.schema, field)) {
        refuse(`the ${what} "${alias}" is declared by ${first.from} and by ${from} with different schemas. Use one schema in both, or rename one of them.`)
      }
    }
  }
}

function checkBodies (bodies: readonly Field[], refuse: Refuse): void {
  const [first, ...others] = bodies
  if (first === undefined || others.every(({ schema }) => isSame(first.schema, schema))) return
  if (bodies.every(({ schema }) => Object(schema)[kEmbed] === true)) return checkFields(bodies, 'body parameter', refuse)

  if (bodies.every(({ schema }) => Object(schema)[kForm] === true)) return checkFields(bodies, 'form field', refuse)

  refuse(`the body is declared by ${bodies.map(({ from }) => from).join(' and by ')} with different schemas. Wrap each in Embed({ name: … }), so that each has its own key in one JSON object.`)
}

function propertiesOf (schema: unknown): Readonly<Record<string, Schema>> {
  return Object(Object(schema).properties)
}

/** Tells whether two fields accept the same values. Their defaults, `required` and `null` may differ. */
function isSame (one: unknown, other: unknown): boolean {
  return one === other || isDeepStrictEqual(bare(sent(one)), bare(sent(other)))
}

/** Returns the part of a schema that restricts values. */
function sent (schema: unknown): unknown {
  const { default: _, anyOf: members, ...rest } = shown(Object(schema))
  if (!Array.isArray(members)) return rest
  const values = members.filter(member => Object(member).type !== 'null')
  return values.length === 1 ? { ...rest, ...shown(Object(values[0])) } : { ...rest, anyOf: members }
}

const kChecks = Symbol('checks')

/** Includes the checks of `Type.Refine` in the comparison. */
function shown (schema: object): Record<string, unknown> {
  const checks = checksOf(schema)
  return { ...schema, ...checks.length > 0 && { [kChecks]: checks } }
}

function isMute (key: string | symbol): boolean {
  if (typeof key === 'symbol') return key.description?.startsWith('TypeBox.') === true
  return WORDS.has(key) || isMark(key)
}

/** Removes descriptions and TypeBox's symbols from a schema. */
function bare (schema: unknown, hasNames = false): unknown {
  if (Array.isArray(schema)) return schema.map(item => bare(item))
  if (typeof schema !== 'object' || schema === null || Object.getPrototypeOf(schema) !== Object.prototype) return schema
  const all = shown(schema)
  const keys = Reflect.ownKeys(all).filter(key => hasNames || !isMute(key))
  return Object.fromEntries(keys.map(key => [key, bare(Reflect.get(all, key), key === 'properties')]))
}
