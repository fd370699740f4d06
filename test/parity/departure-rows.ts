/**
 * The rows of README's table of departures that rules and deviations belong to, by the beginnings of their first cells.
 *
 * @module
 */

import * as recordedRules from './departures.ts'
import * as randomRules from './random/rule-names.ts'

export const ROWS = {
  security: 'Parses the body before it runs dependencies',
  head: 'Answers HEAD on a GET route with 405',
  large: 'Reads `1e25` as a float, and its 26 digits as an integer',
  whole: 'Tells `1.0` from `1`',
  integers: 'Reads integers of any size',
  offsets: 'Keeps the UTC offset of `datetime` and `time`',
  notFinite: 'Answers with 500 for NaN and infinities without a response model',
  unwritable: 'Answers with 500 if the `input` of a 422 is NaN',
  returned: 'Answers with 500 if a returned value lacks a required field',
  names: 'Reads the fields of a returned value by their aliases only',
  extras: 'Keeps an extra field that has the name of a field with an alias',
  latin1: 'Reads raw non-ASCII bytes in urlencoded forms as Latin-1',
  patterns: '`\\d` and `\\w` of a pattern match Unicode',
  text: 'Passes a body that is not JSON as bytes',
  stream: 'Sends 200 and breaks off if a stream fails before its first item',
  plain500: 'Sends 500 as plain text',
  noContent: 'Sends `content-type` with 204',
  bodyFirst: 'Reads a body when the endpoint asks for it',
  limitHeaders: "Sends the 413 of the app's `max_body_size` without the headers of middleware",
  query: 'Reads QUERY requests without a content type',
  contentType: 'Keeps the body as bytes if the content type is malformed',
  secrets: 'Shows the value of a `SecretStr`',
  twoKinds: 'A parameter declared both as bytes and as a file gets both',
  fileInput: 'Shows a file in the `input` of a 422',
  defaults: 'Answers with 422 if a default is invalid and `validate_default` is set',
  multipart: 'Accepts the complete fields of a multipart form without its last delimiter'
} as const

export type Row = keyof typeof ROWS

/** The row of each rule; `null` for what the recording itself lacks. */
export const ROW_OF_RULE: Readonly<Record<string, Row | null>> = {
  [recordedRules.HEAD_OPTIONS]: 'head',
  [recordedRules.PLAIN_500]: 'plain500',
  [recordedRules.NO_CONTENT]: 'noContent',
  [recordedRules.OFFSETS]: 'offsets',
  [recordedRules.BIG_INTEGERS]: 'integers',
  [recordedRules.SECURITY_FIRST]: 'security',
  [recordedRules.TRIMMED_HEADERS]: null,
  [recordedRules.SECRET_INPUT]: 'secrets',
  [recordedRules.BODY_FIRST]: 'bodyFirst',
  [recordedRules.LIMIT_HEADERS]: 'limitHeaders',
  [recordedRules.QUERY_TYPE]: 'query',
  [recordedRules.TWO_KINDS]: 'twoKinds',
  [recordedRules.FILE_INPUT]: 'fileInput',
  [recordedRules.CUT_MULTIPART]: 'multipart',
  [recordedRules.NOT_FINITE]: 'notFinite',
  [recordedRules.FAILED_FIRST]: 'stream',
  [recordedRules.INVALID_DEFAULT]: 'defaults',
  [recordedRules.APP_FAILS]: null,
  [randomRules.UNWRITABLE]: 'unwritable',
  [randomRules.RETURNED_EXTRA]: 'returned',
  [randomRules.RETURNED_PART]: 'returned',
  [randomRules.RETURNED_NAME]: 'names',
  [randomRules.EXTRA_NAME]: 'extras',
  [randomRules.WHOLE_FLOATS]: 'whole',
  [randomRules.LARGE_FLOATS]: 'large',
  [randomRules.TEXT_BODY]: 'text',
  [randomRules.LATIN1]: 'latin1',
  [randomRules.PATTERNS]: 'patterns'
}
