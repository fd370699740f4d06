/**
 * Reads the parameters of one source: by generated code where they are as they should be, else field by field.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { FAIL, type Issue, type Pass, type Parse } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { define } from '../core/schema/parse-container.ts'
import { fill, parseExtras } from '../core/schema/parse-object.ts'
import { bare, type Field, type ObjectShape, type Shape } from '../core/schema/shape.ts'
import { type FastRead, generateParameterReader, generateRawValues, type RawValues } from './generated-reader.ts'
import type { Source } from './sources.ts'
import type { Anew, Understood } from './understood.ts'

/** Reads one part of a request. */
export interface PartReader {
  /** The values, or `FAIL` when only `exact` can tell what they are. */
  fast (request: FastifyRequest): unknown
  /** The values, or `FAIL` after noting what is wrong with them. */
  exact (request: FastifyRequest, pass: Pass): unknown
  /** Puts the values where the handler finds them. */
  store (request: FastifyRequest, values: unknown): void
}

/** A field with its name in `loc`, and its parser. */
export interface Parameter {
  readonly field: Field
  readonly name: string
  readonly parse: Parse
}

/** The parameters of a source. */
interface Parameters<Raw> {
  readonly source: Source<Raw>
  readonly all: readonly Parameter[]
  /** Their raw values, in the same order. */
  readonly rawValues: RawValues<Raw>
}

/**
 * @param isModel the schema stands for one class, as FastAPI's parameter models do: `loc` has the names of its
 *   fields, and what is missing is missing in the whole of what was sent
 */
export function parameterReader<Raw> (source: Source<Raw>, { shape, parsers }: Understood, anew: Anew, isModel: boolean): PartReader {
  const { fields, extras } = parametersOf(shape)
  const read = generateParameterReader<Raw>({ fields, extras }, source.rawValue, parsers)
  const isClosed = shape.kind === 'object' && shape.extras === 'forbid'
  const renamed = fields.filter(field => source.wireName(field) !== field.name).map(({ name }) => name)

  return {
    fast: read === undefined ? () => FAIL : isClosed ? closedReader(source, fields.map(source.wireName), read) : openReader(source, read),
    exact: deferred(anew, understood => exactReader(source, understood, isModel)),
    store: storing(source, renamed)
  }
}

/** Makes an exact reader for the first request that needs it: most routes never do. */
export function deferred (anew: Anew, make: (understood: Understood) => PartReader['exact']): PartReader['exact'] {
  let made: PartReader['exact'] | undefined
  return (request, pass) => (made ??= make(anew()))(request, pass)
}

function parametersOf (shape: Shape): Pick<ObjectShape, 'fields' | 'extras'> {
  const object = bare(shape)
  return { fields: object.kind === 'object' ? object.fields : [], extras: shape.kind === 'object' ? shape.extras : 'keep' }
}

function exactReader<Raw> (source: Source<Raw>, { shape, parsers }: Understood, isModel: boolean): PartReader['exact'] {
  const { fields } = parametersOf(shape)
  const all = fields.map(field => ({ field, name: source.nameOf(field), parse: parsers.of(field.shape) }))
  const parameters: Parameters<Raw> = { source, all, rawValues: generateRawValues(fields, source.rawValue) }
  return isModel || shape.kind !== 'object' ? modelReader(parameters, parsers.of(shape)) : separateReader(parameters, shape, parsers)
}

// Functions of their own: what closures of one function see, all of them keep.

function openReader<Raw> (source: Source<Raw>, read: FastRead<Raw>): PartReader['fast'] {
  return request => read(source.gather(request))
}

function storing<Raw> (source: Source<Raw>, renamed: readonly string[]): PartReader['store'] {
  return (request, values) => { source.store(request, values as object, renamed) }
}

/** Takes no names but those of the fields. */
function closedReader<Raw> (source: Source<Raw>, names: readonly string[], read: FastRead<Raw>): PartReader['fast'] {
  const known = new Set(names)
  return request => {
    const raw = source.gather(request)
    for (const [name] of source.entries(raw)) if (!known.has(name)) return FAIL
    return read(raw)
  }
}

/** All that was sent is one object, which the parser of the schema reads. */
function modelReader<Raw> ({ source, all, rawValues }: Parameters<Raw>, parse: Parse): PartReader['exact'] {
  const known = new Set(all.flatMap(({ field }) => [source.wireName(field), field.alias]))
  const renamed = new Map(all.filter(({ field, name }) => field.alias !== name).map(({ field, name }) => [field.alias, name]))
  return (request, pass) => {
    const raw = source.gather(request)
    const values = rawValues(raw)
    const sent = {}
    all.forEach(({ field: { alias } }, index) => {
      if (values[index] !== undefined) define(sent, alias, values[index])
    })
    for (const [name, value] of source.entries(raw)) if (!known.has(name)) define(sent, name, value)
    const before = pass.issues.length
    pass.path.push(source.loc)
    const parsed = parse(sent, pass)
    if (renamed.size > 0) renameIssues(pass, before, renamed)
    pass.path.pop()
    return parsed
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

/** Each field is a parameter of its own. */
function separateReader<Raw> ({ source, all, rawValues }: Parameters<Raw>, { extras }: ObjectShape, parsers: Parsers): PartReader['exact'] {
  // An extra that is called as a field with another name on the wire is kept nowhere: the field has its type.
  const known = new Set(all.flatMap(({ field }) => extras === 'forbid' ? [source.wireName(field)] : [source.wireName(field), field.name]))
  const extra = typeof extras === 'object' ? parsers.of(extras) : undefined
  return (request, pass) => {
    const raw = source.gather(request)
    const values = {}
    pass.path.push(source.loc)
    let whole = readParameters(all, rawValues(raw), values, pass)
    if (extras !== 'ignore') {
      const others = {}
      for (const [name, value] of source.entries(raw)) if (!known.has(name)) define(others, name, value)
      if (!parseExtras(others, known, extras, extra, values, pass)) whole = false
    }
    pass.path.pop()
    return whole ? values : FAIL
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
