/**
 * What a request has sent, by the `loc` of an issue.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer'
import { readExactJson } from '../../../plugins/core/json/cpython.ts'
import type { Route } from './description.ts'
import type { Issue } from '../departures.ts'
import { contentOf, type HttpStep } from '../scenarios.ts'

type Placed = Pick<Issue, 'type' | 'loc'>

export class Sent {
  readonly #body: unknown
  readonly #isWhole: boolean
  /** Whether the body is not JSON. */
  readonly isText: boolean
  /** Whether it is no text either: bytes that are not UTF-8. */
  readonly isBinary: boolean

  /** @param route whose body is one value, text too */
  constructor ({ headers, body }: Omit<HttpStep, 'expect'>, route?: Route) {
    const isJson = headers.some(([name, value]) => name === 'content-type' && /^application\/([^;]*\+)?json\s*(;|$)/i.test(value))
    this.isText = !isJson
    this.#isWhole = route?.parameters.some(({ in: place }) => place === 'body') === true
    this.isBinary = !isJson && body !== null && !isUtf8(contentOf(body))
    this.#body = isJson && body !== null ? read(contentOf(body).toString()) : undefined
  }

  /** The value in a JSON body; `undefined` elsewhere. */
  at (issue: Placed): unknown {
    return issue.loc[0] === 'body' ? this.#walk(issue).value : undefined
  }

  /** The object or array in a JSON body at the end of a path, in which names of a union's members are passed over. */
  objectAt (path: readonly unknown[]): object | undefined {
    const { value } = this.#walk({ type: '', loc: ['body', ...path] })
    return typeof value === 'object' && value !== null ? value : undefined
  }

  /** Those at the end of a path, or of the path behind the name of a parameter with which it begins. */
  objectsAt (path: readonly string[], parameters: readonly string[]): object[] {
    const paths = parameters.includes(String(path[0])) ? [path, path.slice(1)] : [path]
    return paths.map(path => this.objectAt(path)).filter(object => object !== undefined)
  }

  /** Whether two issues are of one value, of which a union has several members. */
  isBeside (one: Placed, other: Placed): boolean {
    return this.#walk(one).labels.some(at => {
      const before = (loc: readonly unknown[]): string => JSON.stringify(loc.slice(0, at))
      return before(one.loc) === before(other.loc) && this.#walk(other).labels.includes(at) && one.loc[at] !== other.loc[at]
    })
  }

  /** The value that a `loc` leads to, and the places in it where the name of a union's member stands, which leads nowhere. */
  #walk ({ type, loc: whole }: Placed): { readonly value: unknown, readonly labels: readonly number[] } {
    // What is missing is no such name.
    const loc = type === 'missing' ? whole.slice(0, -1) : whole
    const isBody = loc[0] === 'body' && this.#body !== undefined
    let value: unknown = isBody ? this.#body : undefined
    const labels: number[] = []
    // The first key of other places, and of forms, is the parameter.
    for (let at = isBody || (loc[0] === 'body' && this.#isWhole) ? 1 : 2; at < loc.length; at++) {
      const key = loc[at] as string | number
      if (typeof value === 'object' && value !== null && Object.hasOwn(value, key)) value = Reflect.get(value, key)
      else if (typeof key === 'string' && key !== '[key]') labels.push(at)
    }
    return { value, labels }
  }
}

function read (text: string): unknown {
  try {
    return readExactJson(text)
  } catch {
    return undefined
  }
}

/** Whether a number cannot hold an integer, or the integer that a text stands for. */
export function isLargeInteger (value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return Math.abs(Number(value)) > Number.MAX_SAFE_INTEGER
  return typeof value === 'string' && /^[\s+-]*\d[\d_]*(\.0+)?\s*$/.test(value) && !Number.isSafeInteger(Number(value.replaceAll('_', '')))
}
