/**
 * Text that must not be seen.
 *
 * @module
 */

import type { SchemaOptions, TUnsafe } from '@sinclair/typebox'
import { type Codec, kCodec, Refusal } from './codec.ts'
import { domain } from './domain.ts'

/** A text that shows itself only when asked to. */
export class SecretText {
  readonly #text: string

  constructor (text: string) {
    this.#text = text
  }

  /** The text itself. */
  reveal (): string {
    return this.#text
  }

  /** Stars; nothing where there is nothing to hide. */
  toString (): string {
    return this.#text === '' ? '' : '**********'
  }

  toJSON (): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')] (): string {
    return `SecretText('${this.toString()}')`
  }
}

export interface SecretOptions extends SchemaOptions {
  /** In code points. */
  minLength?: number
  /** In code points. */
  maxLength?: number
}

const UNION = 'json-or-python[json=function-after[SecretStr(), str],python=union[is-instance[SecretStr],function-after[SecretStr(), str]]]'

const TYPE = new Refusal('string_type', 'Input should be a valid string')

function items (count: number): string {
  return `${count} item${count === 1 ? '' : 's'}`
}

function codecOf ({ minLength, maxLength }: SecretOptions): Codec<SecretText> {
  const is = (value: unknown): value is SecretText => value instanceof SecretText

  /** A secret is measured as a container: its text is in no message. */
  function missed (text: string): Refusal | undefined {
    const length = [...text].length
    if (minLength !== undefined && length < minLength) {
      return new Refusal('too_short', `Value should have at least ${items(minLength)} after validation, not ${length}`,
        { field_type: 'Value', min_length: minLength, actual_length: length })
    }
    if (maxLength !== undefined && length > maxLength) {
      return new Refusal('too_long', `Value should have at most ${items(maxLength)} after validation, not ${length}`,
        { field_type: 'Value', max_length: maxLength, actual_length: length })
    }
    return undefined
  }

  return {
    label: `lax-or-strict[lax=${UNION},strict=${UNION}]`,
    keywords: ['minLength', 'maxLength'],
    is,
    parse (input) {
      if (typeof input !== 'string' && !is(input)) return TYPE
      const secret = is(input) ? input : new SecretText(input)
      return missed(secret.reveal()) ?? secret
    },
    encode: String
  }
}

/**
 * A password or a key: a `SecretText` in the handler, which gives its text by `.reveal()` and prints as
 * `**********` everywhere else: in strings, JSON, logs and answers. FastAPI's `SecretStr`.
 *
 * What is none is a `string_type`; a length out of bounds is a `too_short` or a `too_long`, which does not show it.
 *
 * @param options `minLength` and `maxLength` in code points, and those of every schema
 * @example
 * ```ts
 * const Login = Type.Object({ username: Type.String(), password: Secret({ minLength: 8 }) })
 * ```
 */
export function Secret (options: SecretOptions = {}): TUnsafe<SecretText> {
  return domain({ type: 'string', format: 'password', writeOnly: true }, options, { [kCodec]: codecOf(options) })
}
