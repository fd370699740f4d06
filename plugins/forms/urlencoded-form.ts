/**
 * A form as it comes from @fastify/formbody: its text, parsed when the route is known, whose limits hold.
 *
 * @module
 */

import { parseQuery } from '../core/http/query-text.ts'
import { APIKIT_ERR_FORM } from './errors.ts'
import { type FormLimits, kilobytes } from './limits.ts'

export class UrlencodedForm {
  readonly text: string

  constructor (text: string) {
    this.text = text
  }

  /**
   * The fields by name, repeated ones as a list. The object has no prototype.
   *
   * @throws APIKIT_ERR_FORM
   */
  fields (limits: FormLimits): Record<string, string | string[]> {
    let count = 0
    // A megabyte of nothing but & would be a million of nothing.
    const text = this.text.replaceAll(/&&+/g, '&')
    for (const pair of text.split('&')) {
      if (pair.length > limits.fieldSize) throw new APIKIT_ERR_FORM(`Field exceeded maximum size of ${kilobytes(limits.fieldSize)}.`)
      if (pair !== '' && ++count > limits.fields) throw new APIKIT_ERR_FORM(`Too many fields. Maximum number of fields is ${limits.fields}.`)
    }
    return parseQuery(text)
  }
}
