/**
 * Multipart bodies made to cost more than they are worth.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import { File, Form } from '../../plugins/types/index.ts'
import { type CostCase, fill, MEGABYTE } from './cost-cases.ts'

export const BOUNDARY = 'b'

const part = (name: string, head = '', content = 'x'): string => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${head}\r\n\r\n${content}\r\n`
const END = `--${BOUNDARY}--\r\n`

const Ours = Form({ a: Type.Array(Type.String(), { default: [] }), f: Type.Array(File(), { default: [] }) })
const Plain = Type.Object({}, { additionalProperties: true })

function multipart (input: string, make: (size: number) => string): CostCase {
  return { kind: 'multipart', input, part: 'multipart', schema: Ours, plain: Plain, shared: [], make, most: MEGABYTE }
}

/** One text whose content is so many times a unit. */
const text = (unit: string) => fill(part('a', '', '').slice(0, -2), unit, `\r\n${END}`)

export const MULTIPART_CASES: readonly CostCase[] = [
  multipart('texts of one name', fill('', part('a'), END)),
  multipart('texts of no field', fill('', part('k'), END)),
  multipart('empty files', fill('', part('f', '; filename="f"'), END)),
  multipart('one text', text('x')),
  multipart('a text of line ends', text('\r\n')),
  multipart('a text of almost boundaries', text(`\r\n--${BOUNDARY}_`)),
  multipart('one long name', fill(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="`, 'a', `"\r\n\r\nx\r\n${END}`)),
  multipart('a part of many headers', fill(`--${BOUNDARY}\r\n`, 'x: y\r\n', `content-disposition: form-data; name="a"\r\n\r\nx\r\n${END}`)),
  multipart('a name of escapes', fill(`--${BOUNDARY}\r\ncontent-disposition: form-data; name*=utf-8''`, '%61', `\r\n\r\nx\r\n${END}`)),
  multipart('without an end', fill('', part('a'), ''))
]
