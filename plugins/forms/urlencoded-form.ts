/**
 * Urlencoded forms. @fastify/formbody parses them without knowing the route, by the highest limits of all routes; a route
 * with limits of its own checks the text again, and a route that takes another body gets the text back.
 *
 * @module
 */

import { parseQuery } from '../core/http/query-text.ts'
import { APIKIT_ERR_FORM } from './errors.ts'
import { type FormLimits, kilobytes } from './limits.ts'

export type UrlencodedLimits = Pick<FormLimits, 'fields' | 'fieldSize'>

const texts = new WeakMap<object, string>()
const refusals = new WeakMap<object, unknown>()

/**
 * Returns the fields by name, repeated ones as a list. Of a form over the limits it returns none, and `refusalOf` tells
 * why: a parser of @fastify/formbody could only throw, which Fastify 6 does not catch.
 */
export function parseUrlencoded (text: string, limits: UrlencodedLimits): Record<string, string | string[]> {
  // A megabyte of nothing but & would be a million of nothing.
  const pairs = text.replaceAll(/&&+/g, '&')
  let fields: Record<string, string | string[]> = {}
  try {
    checkUrlencoded(pairs, limits)
    fields = { ...parseQuery(pairs) }
  } catch (refusal) {
    refusals.set(fields, refusal)
  }
  texts.set(fields, text)
  return fields
}

/** Returns why a form was rejected; `undefined` for any other body. */
export function refusalOf (body: object): unknown {
  return refusals.get(body)
}

/** @throws APIKIT_ERR_FORM */
export function checkUrlencoded (text: string, limits: UrlencodedLimits): void {
  let count = 0
  for (const pair of text.split('&')) {
    // As in FastAPI: name and value as they are sent, without the sign between them.
    if (Buffer.byteLength(pair) - Number(pair.includes('=')) > limits.fieldSize) {
      throw new APIKIT_ERR_FORM(`Field exceeded maximum size of ${kilobytes(limits.fieldSize)}.`)
    }
    if (pair !== '' && ++count > limits.fields) throw new APIKIT_ERR_FORM(`Too many fields. Maximum number of fields is ${limits.fields}.`)
  }
}

/** Returns the text from which a body was parsed; `undefined` for any other body. */
export function textOf (body: unknown): string | undefined {
  return typeof body === 'object' && body !== null ? texts.get(body) : undefined
}
