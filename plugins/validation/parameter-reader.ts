/**
 * Reads the parameters of one source: by generated code where they are as they should be, else field by field.
 *
 * @module
 */

import type { FastifyRequest } from 'fastify'
import { FAIL, type Pass, type Parse } from '../core/schema/issue.ts'
import type { Parsers } from '../core/schema/parse.ts'
import { define } from '../core/schema/parse-container.ts'
import { parseExtras } from '../core/schema/parse-object.ts'
import { bare, type ObjectShape, type Shape } from '../core/schema/shape.ts'
import { type FastRead, generateParameterReader } from './generated-reader.ts'
import { choose, modelSource, type Parameters, parametersFor, readParameters } from './parameters.ts'
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
  const parameters = parametersFor(source, parametersOf(shape).fields, parsers)
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
function modelReader<Raw> (parameters: Parameters<Raw>, parse: Parse): PartReader['exact'] {
  const { source } = parameters
  const sent = modelSource(parameters)
  return (request, pass) => {
    pass.path.push(source.loc)
    const parsed = sent.parse(source.gather(request), parse, pass)
    pass.path.pop()
    return parsed
  }
}

/** Each field is a parameter of its own. */
function separateReader<Raw> ({ source, all, rawValues, hasChoices }: Parameters<Raw>, { extras }: ObjectShape, parsers: Parsers): PartReader['exact'] {
  // An extra that is called as a field with another name on the wire is kept nowhere: the field has its type.
  const known = new Set(all.flatMap(({ field }) => extras === 'forbid' ? [source.wireName(field)] : [source.wireName(field), field.name]))
  const extra = typeof extras === 'object' ? parsers.of(extras) : undefined
  return (request, pass) => {
    const raw = source.gather(request)
    const values = {}
    pass.path.push(source.loc)
    const used = hasChoices ? choose(all, rawValues(raw)) : { parameters: all, sent: rawValues(raw) }
    let whole = readParameters(used.parameters, used.sent, values, pass)
    if (extras !== 'ignore') {
      const others = {}
      for (const [name, value] of source.entries(raw)) if (!known.has(name)) define(others, name, value)
      if (!parseExtras(others, known, extras, extra, values, pass)) whole = false
    }
    pass.path.pop()
    return whole ? values : FAIL
  }
}
