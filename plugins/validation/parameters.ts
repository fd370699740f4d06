/**
 * The parameters of one source, one by one: under which of their names they were sent, and what they are.
 *
 * @module
 */

import { FAIL, type Issue, type Parse, type Pass } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { define } from '../core/schema/parse-container.ts'
import { fill } from '../core/schema/parse-object.ts'
import type { Field } from '../core/schema/shape.ts'
import { generateRawValues, type RawValues } from './generated-reader.ts'
import type { Source } from './sources.ts'

/** A field with its name in `loc`, and its parser. */
export interface Parameter {
  readonly field: Field
  readonly name: string
  readonly parse: Parse
}

/** A field under each of the names that it may be sent by. */
export function variantsOf (field: Field): Field[] {
  return [field.alias, ...field.choices ?? []].map(alias => ({ ...field, alias, choices: undefined }))
}

/**
 * Of parameters of one field, the first that was sent, or else the first of all, with the raw values in the same order.
 *
 * @param raw values of all
 */
export function choose (all: readonly Parameter[], raw: readonly unknown[]): { parameters: Parameter[], sent: unknown[] } {
  const parameters: Parameter[] = []
  const sent: unknown[] = []
  all.forEach((parameter, index) => {
    const last = parameters.length - 1
    const isOther = parameters[last]?.field.name === parameter.field.name
    if (isOther && (sent[last] !== undefined || raw[index] === undefined)) return
    const at = isOther ? last : last + 1
    parameters[at] = parameter
    sent[at] = raw[index]
  })
  return { parameters, sent }
}

/** The parameters of a source. */
export interface Parameters<Raw> {
  readonly source: Source<Raw>
  readonly all: readonly Parameter[]
  /** Their raw values, in the same order. */
  readonly rawValues: RawValues<Raw>
  /** Some field has several names, and stands there once for each. */
  readonly hasChoices: boolean
}

/** The parameters of these fields. */
export function parametersFor<Raw> (source: Source<Raw>, fields: readonly Field[], parsers: Parsers): Parameters<Raw> {
  const variants = fields.flatMap(variantsOf)
  const all = variants.map(field => ({ field, name: source.nameOf(field), parse: parsers.of(field.shape) }))
  return { source, all, rawValues: generateRawValues(variants, source.rawValue), hasChoices: variants.length > fields.length }
}

/** How the object of a parameter model comes out of what was sent. */
export interface ModelSource<Raw> {
  /** The names on the wire of its own fields. */
  readonly names: ReadonlySet<string>
  /** The object: its fields, and all that was sent besides. */
  gather (raw: Raw): object
  /** Reads it by a parser; where it is a model of headers, issues have the names that were sent. */
  parse (raw: Raw, parse: Parse, pass: Pass): unknown
}

export function modelSource<Raw> ({ source, all, rawValues, hasChoices }: Parameters<Raw>): ModelSource<Raw> {
  const namesOf = (parameters: readonly Parameter[]) => new Set(parameters.flatMap(({ field }) => [source.wireName(field), field.alias]))
  const known = namesOf(all)
  const renamed = new Map(all.filter(({ field, name }) => field.alias !== name).map(({ field, name }) => [field.alias, name]))
  const gather = (raw: Raw): object => {
    const values = rawValues(raw)
    const used = hasChoices ? choose(all, values) : { parameters: all, sent: values }
    const sent = {}
    used.parameters.forEach(({ field: { alias } }, index) => {
      if (used.sent[index] !== undefined) define(sent, alias, used.sent[index])
    })
    const names = hasChoices ? namesOf(used.parameters) : known
    for (const [name, value] of source.entries(raw)) if (!names.has(name)) define(sent, name, value)
    return sent
  }
  return {
    names: new Set(all.map(({ field }) => source.wireName(field))),
    gather,
    parse (raw, parse, pass) {
      const before = pass.issues.length
      const parsed = parse(gather(raw), pass)
      if (renamed.size > 0) renameIssues(pass, before, renamed)
      return parsed
    }
  }
}

/** Says the names that were sent, where the model has others: `save-data` for `save_data`. */
function renameIssues ({ issues, path }: Pass, from: number, names: ReadonlyMap<unknown, string>): void {
  for (let index = from; index < issues.length; index++) {
    const issue = issues[index] as Issue
    const name = names.get(issue.loc[path.length])
    if (name !== undefined) issues[index] = { ...issue, loc: issue.loc.with(path.length, name) }
  }
}

/** Reads parameters into `values`; `false` when something is wrong with one of them. */
export function readParameters (parameters: readonly Parameter[], sent: readonly unknown[], values: object, pass: Pass): boolean {
  let whole = true
  parameters.forEach((parameter, index) => {
    if (!readParameter(parameter, sent[index], values, pass)) whole = false
  })
  return whole
}

function readParameter ({ field, name, parse }: Parameter, sent: unknown, values: object, pass: Pass): boolean {
  if (sent === undefined) {
    if (field.makeDefault !== undefined) fill(values, field.name, field.makeDefault())
    else if (field.required) return pass.missing(name, null) !== FAIL
    return true
  }
  pass.path.push(name)
  const value = parse(sent, pass)
  pass.path.pop()
  if (value === FAIL) return false
  define(values, field.name, value)
  return true
}
