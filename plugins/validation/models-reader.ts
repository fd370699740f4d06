/**
 * Reads several parameter models beside single parameters. Each model reads everything that the source sent.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/query-param-models/
 */

import { FAIL, type Parse, type Pass } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { define } from '../core/schema/parse-container.ts'
import { fill } from '../core/schema/parse-object.ts'
import { label, taggedParser, unionParser } from '../core/schema/parse-union.ts'
import { bare, type Field, type ObjectShape, type Shape, type UnionShape } from '../core/schema/shape.ts'
import { deferred, type PartReader } from './parameter-reader.ts'
import { choose, modelSource, parametersFor, readParameters } from './parameters.ts'
import type { Source } from './sources.ts'
import type { Anew, Understood } from './understood.ts'

/** Reads a field into `values`. Returns `false` if it is invalid. */
type ReadField<Raw> = (raw: Raw, values: object, pass: Pass) => boolean

/** Has no generated code: the parsers read every request. */
export function modelsReader<Raw> (source: Source<Raw>, anew: Anew): PartReader {
  return {
    fast: () => FAIL,
    exact: deferred(anew, understood => exactModels(source, understood)),
    store: (request, values) => { source.store(request, values as object, []) }
  }
}

/** Reads a body that is one model, optional or one of several. */
export function wholeModelReader<Raw> (source: Source<Raw>, field: Omit<Field, 'shape'>, anew: Anew): PartReader {
  return {
    fast: () => FAIL,
    exact: deferred(anew, ({ shape, parsers }) => {
      const read = modelReader(source, { ...field, shape }, parsers)
      return (request, pass) => {
        const values: { body?: unknown } = {}
        pass.path.push(source.loc)
        const isRead = read(source.gather(request), values, pass)
        pass.path.pop()
        return isRead ? values.body : FAIL
      }
    }),
    store: (request, value) => { request.body = value }
  }
}

function exactModels<Raw> (source: Source<Raw>, { shape, parsers }: Understood): PartReader['exact'] {
  const { fields } = shape as ObjectShape
  const readers = fields.map(field => objectsOf(field.shape).length > 0 ? modelReader(source, field, parsers) : singleReader(source, field, parsers))
  return (request, pass) => {
    const raw = source.gather(request)
    const values = {}
    pass.path.push(source.loc)
    let whole = true
    for (const read of readers) if (!read(raw, values, pass)) whole = false
    pass.path.pop()
    return whole ? values : FAIL
  }
}

/** Returns the objects that a value may be. Empty if it may be something else. */
function objectsOf (shape: Shape): readonly ObjectShape[] {
  const inner = bare(shape)
  if (inner.kind === 'object') return [inner]
  const members = inner.kind === 'union' ? inner.members : inner.kind === 'tagged' ? [...new Set(inner.tags.values())] : []
  const objects = members.map(objectsOf)
  return objects.some(({ length }) => length === 0) ? [] : objects.flat()
}

function singleReader<Raw> (source: Source<Raw>, field: Field, parsers: Parsers): ReadField<Raw> {
  const { all, rawValues } = parametersFor(source, [field], parsers)
  return (raw, values, pass) => {
    const { parameters, sent } = choose(all, rawValues(raw))
    return readParameters(parameters, sent, values, pass)
  }
}

function modelReader<Raw> (source: Source<Raw>, field: Field, parsers: Parsers): ReadField<Raw> {
  const objects = objectsOf(field.shape)
  const isOptional = field.shape.kind === 'nullable' || !field.required
  const own = new Set(objects.flatMap(({ fields }) => [...modelSource(parametersFor(source, fields, parsers)).names]))
  const takesOthers = objects.some(({ extras }) => extras !== 'ignore')
  const parse = modelParser(source, field.shape, parsers)

  return (raw, values, pass) => {
    if (isOptional) {
      const sent = [...source.entries(raw)]
      if (!sent.some(([name]) => own.has(name)) && !(takesOthers && sent.length > 0)) return leaveOut(field, values, pass)
    }
    const value = parse(raw, pass)
    if (value !== FAIL) define(values, field.name, value)
    return value !== FAIL
  }
}

function leaveOut ({ name, required, makeDefault }: Field, values: object, pass: Pass): boolean {
  if (makeDefault !== undefined) fill(values, name, makeDefault())
  else if (required) return pass.refuse('missing', 'Field required', null) !== FAIL
  return true
}

/** Reads what was sent for each of several models, by the types of its own fields. */
function modelParser<Raw> (source: Source<Raw>, shape: Shape, parsers: Parsers): (raw: Raw, pass: Pass) => unknown {
  const inner = bare(shape)
  if (inner.kind === 'object') {
    const sent = modelSource(parametersFor(source, inner.fields, parsers))
    const parse = parsers.of(shape)
    return (raw, pass) => sent.parse(raw, parse, pass)
  }
  const member = (one: Shape): Parse => {
    const parse = modelParser(source, one, parsers)
    return (raw, pass) => parse(raw as Raw, pass)
  }
  if (inner.kind === 'tagged') return taggedParser(inner, new Map([...inner.tags].map(([tag, one]) => [tag, member(one)]))) as never
  const { members } = inner as UnionShape
  return unionParser(members.map(one => ({ label: label(one), parse: member(one) }))) as never
}
