/**
 * Text that must not be seen.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { SchemaOptions } from '@sinclair/typebox'
import { type Codec, kCodec, kRedact, Refusal } from './codec.ts'
import { domain } from './domain.ts'
import { type LengthOptions, missedLength } from './length.ts'

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
 * A password or a key: a `SecretText` in the handler, which gives its text by `.reveal()` and prints as
 * `**********` everywhere else: in strings, JSON, logs and answers. FastAPI's `SecretStr`.
 *
 * What is none is a `string_type`; a length out of bounds is a `too_short` or a `too_long`. Neither shows it, nor does an
 * object around it that is sent back.
 *
 * @param options `minLength` and `maxLength` in code points, and those of every schema
 * @example
 * ```ts
 * const Login = Type.Object({ username: Type.String(), password: Secret({ minLength: 8 }) })
 * ```
 */
export function Secret (options: SecretOptions = {}): TUnsafe<SecretText> {
  return domain({ type: 'string', format: 'password', writeOnly: true }, options, { [kCodec]: codecOf(options), [kRedact]: true })
}
