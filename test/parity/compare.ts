/**
 * Compares an answer with the recorded one.
 *
 * @module
 */

import type { Answer } from './exchange.ts'
import { diffJson, type Difference } from './json-diff.ts'
import { comparable, isOpenapi } from './openapi-document.ts'
import { contentOf, type Header, type HttpStep } from './scenarios.ts'

export interface Comparison {
  readonly differences: readonly Difference[]
  /** Of an OpenAPI document: whether it is equal to the last title. */
  readonly isStrict?: boolean
}

const COMPARED = /^(content-type|location|www-authenticate|allow|set-cookie|vary|x-.*|access-control-.*)$/

/** The pages of Swagger UI and ReDoc: ours have assets of their own. */
const DOCS_PAGE = /SwaggerUIBundle|<redoc |swaggerUIRedirectOauth2/

const SECONDS = /^\d+(\.\d+)?(e-\d+)?$/i

/** @param sets names of properties that are sets */
export function compare (step: HttpStep, answer: Answer, sets: ReadonlySet<string> = new Set()): Comparison {
  const { expect, deterministic, ignore, unordered } = step
  const status = [...diffJson(expect.status, answer.status, {}, 'status'), ...diffJson(isBroken(step), answer.isCut === true, {}, 'broken off')]
  if (DOCS_PAGE.test(expect.body?.text ?? '')) return { differences: [...status, ...diffHeaders(step, answer, ['content-type'])] }
  if (deterministic === false) return { differences: status }

  const differences = [...status, ...diffHeaders(step, answer)]
  if (expect.json === undefined) return { differences: [...differences, ...diffContent(step, answer)] }

  const got = parse(answer.body)
  if (got === undefined) return { differences: [...differences, { at: 'body', expected: expect.json, got: answer.body.toString() }] }
  const options = { ...ignore && { ignore }, ...unordered && { unordered } }
  if (!isOpenapi(expect.json)) return { differences: [...differences, ...diffJson(expect.json, got, { ...options, sets })] }
  const strict = diffJson(expect.json, got, options)
  return { differences: [...differences, ...diffJson(comparable(expect.json), comparable(got))], isStrict: strict.length === 0 }
}

/** Whether the app failed in the middle of a stream; what fails behind an answer of a known length is not seen. */
function isBroken ({ server_exception: exception, expect }: HttpStep): boolean {
  return exception !== undefined && expect.status < 400 && !expect.headers.some(([name]) => name === 'content-length')
}

function parse (body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function diffContent ({ expect: { body } }: HttpStep, answer: Answer): Difference[] {
  if (body === undefined || body === null) return []
  if (contentOf(body).equals(answer.body)) return []
  return body.base64 === undefined
    ? [{ at: 'body', expected: body.text, got: answer.body.toString() }]
    : [{ at: 'body', expected: body.base64, got: answer.body.toString('base64') }]
}

function diffHeaders ({ expect, ignore_headers: ignored = [] }: HttpStep, answer: Answer, only?: readonly string[]): Difference[] {
  const skipped = new Set(ignored.map(name => name.toLowerCase()))
  const names = new Set([...expect.headers, ...answer.headers].map(([name]) => name))
  return [...names].sort()
    .filter(name => !skipped.has(name) && (only?.includes(name) ?? COMPARED.test(name)))
    .flatMap(name => diffHeader(name, valuesOf(expect.headers, name), valuesOf(answer.headers, name)))
}

function valuesOf (headers: readonly Header[], name: string): string[] {
  return headers.filter(([other]) => other === name).map(([, value]) => value)
}

function diffHeader (name: string, expected: string[], got: string[]): Difference[] {
  if (name === 'x-process-time' && expected.length === got.length && got.every(value => SECONDS.test(value))) return []
  const read = READ[name] ?? (values => values)
  return diffJson(read(expected), read(got)).length === 0 ? [] : [{ at: `header ${name}`, expected: expected.join('\n'), got: got.join('\n') }]
}

/** Headers of which not the text counts but what it says. */
const READ: Record<string, (values: string[]) => unknown> = {
  allow: values => values.flatMap(value => value.split(',')).map(method => method.trim()).sort(),
  'content-type': values => values.map(value => value.replace(/\s*;\s*/g, '; ').toLowerCase()),
  'set-cookie': values => values.map(readCookie).sort(),
  vary: values => values.flatMap(value => value.split(',')).map(name => name.trim().toLowerCase()).sort()
}

/** `name=value`, then the attributes in an order of their own; their names are in any case, and SameSite's value as well. */
function readCookie (text: string): string {
  const [pair = '', ...attributes] = text.split(';').map(part => part.trim())
  const read = attributes.map(attribute => {
    const [name = '', ...value] = attribute.split('=')
    const text = value.join('=')
    return [name.toLowerCase(), name.toLowerCase() === 'samesite' ? text.toLowerCase() : text].join('=')
  })
  return [pair, ...read.sort()].join('; ')
}
