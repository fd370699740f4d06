/**
 * Parses the bytes of a body as FastAPI does: as JSON if the content type says so, otherwise unchanged.
 *
 * @module
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ContentTypeParserDoneFunction } from 'fastify/types/content-type-parser.js'
import { readExactJson, readPythonJson } from '../core/json/cpython.ts'
import { copyOrder } from '../core/json/key-order.ts'
import { isNestedDeeper } from '../core/json/nesting.ts'
import type { JsonProblem } from '../core/json/scanner.ts'
import type { Screen } from '../core/schema/parse.ts'
import { codePoints } from '../core/schema/scalars.ts'
import { textOf } from './body-encoding.ts'
import type { Place } from '../core/schema/place.ts'
import { APIKIT_ERR_BODY } from './errors.ts'
import { mayPoison, screenOf } from './poisoning.ts'

/** Maximum nesting of containers, the same as in Python. */
const MAX_DEPTH = 990

/** A body that is not JSON: kept in place of its value, and answered when the request is read. */
export class BrokenJson {
  readonly words: string
  /** Position in code points. */
  readonly at: number
  readonly text: string

  constructor (problem: JsonProblem, text: string) {
    this.words = problem.words
    this.at = codePoints(text.slice(0, problem.at))
    this.text = text
  }
}

/** A key that JavaScript puts out of its place. */
const INTEGER_KEY = /"\d{1,10}"\s*:/
/** Maximum length in characters. The scanner is far slower than `JSON.parse`, and the key order of a long text does not matter. */
const MAX_ORDERED = 65_536

const kText: unique symbol = Symbol('fastify-apikit.validation.text')
/** The second reading of the text. */
const kExact: unique symbol = Symbol('fastify-apikit.validation.exact')

/** A request whose body may have keys out of order, with the text of that body. */
type Ordered = FastifyRequest & { [kText]?: string | undefined, [kExact]?: unknown }

/**
 * Gives the body of a request the order in which its keys were sent, for `keysOf`. Readers call it that need the order:
 * others need not pay for it.
 */
export function orderKeys (request: FastifyRequest): void {
  const text = (request as Ordered)[kText]
  if (text === undefined) return
  if (INTEGER_KEY.test(text)) copyOrder(readPythonJson(text), request.body)
  if (!isLargeRead || !LARGE.test(text)) dropText(request)
}

/** Forgets the text of a body that has been read. */
export function dropText (request: FastifyRequest): void {
  if ((request as Ordered)[kText] !== undefined) (request as Ordered)[kText] = undefined
  if ((request as Ordered)[kExact] !== undefined) (request as Ordered)[kExact] = undefined
}

/** What may be a number beyond 2^53. */
const LARGE = /\d{16}|\d[eE]\+?\d/
let isLargeRead = false

/** Says that a route reads integers of any size: the texts of long bodies that may have one are kept as well. */
export function keepLargeIntegers (): void {
  isLargeRead = true
}

/**
 * Puts the integers that `JSON.parse` has rounded into the body of a request, where its schema takes them.
 *
 * @throws APIKIT_ERR_BODY when an integer has more digits than Python reads
 */
export function restoreIntegers (request: FastifyRequest, place: Place): void {
  const text = (request as Ordered)[kText]
  if (text === undefined || !LARGE.test(text)) return
  try {
    (request as Ordered)[kExact] ??= readExactJson(text)
  } catch {
    throw new APIKIT_ERR_BODY()
  }
  request.body = place(request.body, (request as Ordered)[kExact])
}

type JsonParser<Body> = (request: FastifyRequest, body: Body, done: ContentTypeParserDoneFunction) => void

type Unreadable = (request: FastifyRequest, bytes: Buffer, error: Error, done: ContentTypeParserDoneFunction) => void

/**
 * Parses JSON, with the server's options on prototype poisoning.
 *
 * @param broken makes the result for a body that is not valid JSON
 * @param unreadable makes it for bytes that are no text, or a text that is nested too deep
 */
export function jsonParser (app: FastifyInstance, broken: JsonParser<BrokenJson>, unreadable: Unreadable): JsonParser<Buffer> {
  const { onProtoPoisoning, onConstructorPoisoning } = app.initialConfig as Required<FastifyInstance['initialConfig']>
  const screen = screenOf(app)
  const careful = app.getDefaultJsonParser(onProtoPoisoning, onConstructorPoisoning) as JsonParser<string>

  return (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    let text: string
    try {
      text = textOf(bytes)
    } catch (error) {
      return unreadable(request, bytes, error as Error, done)
    }
    if (isNestedDeeper(text, MAX_DEPTH)) return unreadable(request, bytes, new APIKIT_ERR_BODY(), done)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return readCarefully(request, text, { screen, broken }, done)
    }
    if (mayPoison(text)) return parseCarefully(careful, request, text, done)
    keepText(request, value, text)
    done(null, value)
  }
}

/** Keeps the text for `orderKeys` and `restoreIntegers`. */
function keepText (request: FastifyRequest, value: unknown, text: string): void {
  const isKept = text.length <= MAX_ORDERED ? typeof value === 'object' || typeof value === 'number' : isLargeRead && LARGE.test(text)
  if (isKept) (request as Ordered)[kText] = text
}

/** Kept apart from the function above, which would otherwise allocate the closure each time. */
function parseCarefully (careful: JsonParser<string>, request: FastifyRequest, text: string, done: ContentTypeParserDoneFunction): void {
  careful(request, text, (error, checked) => {
    keepText(request, checked, text)
    if (error === null) done(null, checked)
    else done(Object.assign(new APIKIT_ERR_BODY(), { cause: error }))
  })
}

/** Applies the options of the server to JSON with Python's NaN as well. */
function readCarefully (
  request: FastifyRequest, text: string, { screen, broken }: { readonly screen: Screen, readonly broken: JsonParser<BrokenJson> }, done: ContentTypeParserDoneFunction
): void {
  const value = readBroken(text)
  if (value instanceof BrokenJson) return broken(request, value, done)
  try {
    screen(text, value)
  } catch (error) {
    return done(error as Error)
  }
  keepText(request, value, text)
  done(null, value)
}

/** Parses text that `JSON.parse` rejects and Python's parser accepts. */
function readBroken (text: string): unknown {
  try {
    return readPythonJson(text)
  } catch (problem) {
    return new BrokenJson(problem as JsonProblem, text)
  }
}
