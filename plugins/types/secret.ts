/**
 * Secret text.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, kRedact, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { type LengthOptions, missedLength } from './length.ts'

/** A text that is only shown by `reveal()`. */
export class SecretText {
  readonly #text: string

  constructor (text: string) {
    this.#text = text
  }

  /** Returns the text. */
  reveal (): string {
    return this.#text
  }

  /** Returns `**********`, or an empty string for an empty secret. */
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

export interface SecretOptions extends SchemaOptions, LengthOptions {}

const UNION = 'json-or-python[json=function-after[SecretStr(), str],python=union[is-instance[SecretStr],function-after[SecretStr(), str]]]'

const TYPE = new Refusal('string_type', 'Input should be a valid string')

function codecOf (bounds: LengthOptions): Codec<SecretText> {
  const is = (value: unknown): value is SecretText => value instanceof SecretText

  return {
    label: `lax-or-strict[lax=${UNION},strict=${UNION}]`,
    keywords: ['minLength', 'maxLength'],
    is,
    parse (input) {
      if (typeof input !== 'string' && !is(input)) return TYPE
      const secret = is(input) ? input : new SecretText(input)
      return missedLength(secret.reveal(), bounds) ?? secret
    },
    encode: String
  }
}

/**
 * Declares a password or a key: a `SecretText` in the handler, whose `.reveal()` returns the text. In strings, JSON, logs and
 * responses it is `**********`. FastAPI's `SecretStr`.
 *
 * Errors: `string_type`, `too_short`, `too_long`. They do not show the text, nor do errors of an object that contains it.
 *
 * @param options `minLength` and `maxLength` in code points, and the options of all schemas.
 * @example
 * ```ts
 * const Login = Type.Object({ username: Type.String(), password: Secret({ minLength: 8 }) })
 * ```
 */
export function Secret (options: SecretOptions = {}): TUnsafe<SecretText> {
  return domain({ type: 'string', format: 'password', writeOnly: true }, options, { [kCodec]: codecOf(options), [kRedact]: true })
}
