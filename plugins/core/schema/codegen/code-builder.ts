/**
 * Source text of functions that are compiled once for a schema.
 *
 * @module
 */

import { INHERITED } from '../inherited.ts'

/** JavaScript for a string. */
export const quote = (text: string): string => JSON.stringify(text)

/** JavaScript for the property `key` of the object in a variable; what each object inherits is not its own. */
export function property (object: string, key: string): string {
  const name = quote(key)
  return INHERITED.has(key) ? `(Object.hasOwn(${object}, ${name}) ? ${object}[${name}] : undefined)` : `${object}[${name}]`
}

/** Gathers the parts of a source text, and the values that it refers to. */
export class CodeBuilder {
  readonly #values: unknown[] = []
  readonly #functions: string[] = []
  #names = 0

  /** A name that is not used yet. */
  name (prefix: string): string {
    return prefix + this.#names++
  }

  /** The variable that holds a value. */
  value (value: unknown): string {
    return `V${this.#values.push(value) - 1}`
  }

  /** Adds a function declaration. */
  function (text: string): void {
    this.#functions.push(text)
  }

  /**
   * Compiles `body`, which returns what is wanted.
   *
   * @param runtime what the code calls, by the names that it has there
   */
  compile<T> (body: string, runtime: Readonly<Record<string, unknown>> = {}): T {
    const source = `'use strict'
      const { ${Object.keys(runtime).join(', ')} } = R
      const [${this.#values.map((_, i) => `V${i}`).join(', ')}] = V
      ${this.#functions.join('\n')}
      ${body}`
    // The source is made of our own text, and of names and bounds written by JSON.stringify.
    // eslint-disable-next-line no-new-func
    return new Function('R', 'V', source)(runtime, this.#values)
  }
}
