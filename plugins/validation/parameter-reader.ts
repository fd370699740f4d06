/**
 * Reads the parameters of one source: straight where they are as they should be, else field by field.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { noteFilled } from '../core/schema/fields-set.ts'
import { FAIL, type Pass, type Parse } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { define } from '../core/schema/parse-container.ts'
import { fill, parseExtras } from '../core/schema/parse-object.ts'
import { bare, type Field, type ObjectShape, type Shape } from '../core/schema/shape.ts'
import type { ReadField, Source } from './sources.ts'
import { straightParameters } from './straight-code.ts'

/** Reads one part of a request. */
export interface PartReader {
  /** The values, or `FAIL` when only `exact` can tell what they are. */
  straight (request: FastifyRequest): unknown
  /** The values, or `FAIL` after noting what is wrong with them. */
  exact (request: FastifyRequest, pass: Pass): unknown
  /** Puts the values where the handler finds them. */
  store (request: FastifyRequest, values: unknown): void
}

interface Parameter<Raw> {
  readonly field: Field
  readonly name: string
  readonly read: ReadField<Raw>
  readonly parse: Parse
}

/**
 * @param isModel the schema stands for one class, as FastAPI's parameter models do: `loc` has the names of its
 *   fields, and what is missing is missing in the whole of what was sent
 */
export function parameterReader<Raw> (source: Source<Raw>, shape: Shape, parsers: Parsers, isModel: boolean): PartReader {
  const object = bare(shape)
  const fields = object.kind === 'object' ? object.fields : []
  const parameters = fields.map(field => ({ field, name: source.nameOf(field), read: source.reader(field), parse: parsers.of(field.shape) }))
  const asModel = isModel || shape.kind !== 'object'
  const renamed = fields.filter(field => source.wireName(field) !== field.name).map(({ name }) => name)

  return {
    straight: shape.kind === 'object' ? straightReader(source, shape, parameters, parsers) : () => FAIL,
    exact: asModel
      ? modelReader(source, parameters, parsers.of(shape))
      : separateReader(source, shape, parameters, parsers),
    store: (request, values) => { source.store(request, values as object, renamed) }
  }
}

function straightReader<Raw> (
  source: Source<Raw>, { fields, extras }: ObjectShape, parameters: ReadonlyArray<Parameter<Raw>>, parsers: Parsers
): PartReader['straight'] {
  if (extras !== 'ignore' && extras !== 'forbid') return () => FAIL
  const read = straightParameters(fields, parsers, parameters.map(({ read }) => read))
  if (extras === 'ignore') return request => read(source.gather(request))

  const known = new Set(fields.map(source.wireName))
  return request => {
    const raw = source.gather(request)
    for (const [name] of source.entries(raw)) if (!known.has(name)) return FAIL
    return read(raw)
  }
}

/** All that was sent is one object, which the parser of the schema reads. */
function modelReader<Raw> (source: Source<Raw>, parameters: ReadonlyArray<Parameter<Raw>>, parse: Parse): PartReader['exact'] {
  const known = new Set(parameters.flatMap(({ field }) => [source.wireName(field), field.alias]))
  return (request, pass) => {
    const raw = source.gather(request)
    const sent = {}
    const absent: string[] = []
    for (const { field: { alias, name, written }, read } of parameters) {
      let value = read(raw)
      if (value === undefined) {
        value = written
        absent.push(name)
      }
      // FastAPI fills in the defaults before it looks, and takes null for nothing.
      if (value !== undefined && value !== null) define(sent, alias, value)
    }
    for (const [name, value] of source.entries(raw)) if (!known.has(name)) define(sent, name, value)
    pass.path.push(source.loc)
    const values = parse(sent, pass)
    pass.path.pop()
    if (values !== FAIL && absent.length > 0) noteFilled(values as object, Object.fromEntries(absent.map(name => [name, Reflect.get(values as object, name)])))
    return values
  }
}

/** Each field is a parameter of its own. */
function separateReader<Raw> (
  source: Source<Raw>, { extras }: ObjectShape, parameters: ReadonlyArray<Parameter<Raw>>, parsers: Parsers
): PartReader['exact'] {
  // An extra that is called as a field with another name on the wire is kept nowhere: the field has its type.
  const known = new Set(parameters.flatMap(({ field }) => extras === 'forbid' ? [source.wireName(field)] : [source.wireName(field), field.name]))
  const extra = typeof extras === 'object' ? parsers.of(extras) : undefined
  return (request, pass) => {
    const raw = source.gather(request)
    const values = {}
    let whole = true
    pass.path.push(source.loc)
    for (const parameter of parameters) {
      if (!readParameter(parameter, parameter.read(raw), values, pass)) whole = false
    }
    if (extras !== 'ignore') {
      const others = {}
      for (const [name, value] of source.entries(raw)) if (!known.has(name)) define(others, name, value)
      if (!parseExtras(others, known, extras, extra, values, pass)) whole = false
    }
    pass.path.pop()
    return whole ? values : FAIL
  }
}

/** Reads one parameter into `values`; `false` when something is wrong with it. */
export function readParameter (
  { field, name, parse }: Pick<Parameter<unknown>, 'field' | 'name' | 'parse'>, sent: unknown, values: object, pass: Pass
): boolean {
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
