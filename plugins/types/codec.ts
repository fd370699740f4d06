/**
 * Domain types: schemas that have, under a symbol, a codec between the JSON on the wire and the value in the handler.
 *
 * @module
 */

/** An input error in pydantic's words. The compiler adds `loc` and `input`. */
export class Refusal {
  readonly type: string
  readonly msg: string
  readonly ctx: Readonly<Record<string, unknown>> | undefined

  constructor (type: string, msg: string, ctx?: Readonly<Record<string, unknown>>) {
    this.type = type
    this.msg = msg
    this.ctx = ctx
  }
}

/** A codec of a scalar: `Date`, `Temporal.PlainDate`, `Decimal`, `Buffer` … */
export interface Codec<Domain = unknown> {
  /** Name of the type in the `loc` of union errors: `datetime`, `uuid`. */
  readonly label: string
  /** Decodes a JSON value (a string, except in a JSON body). Returns a `Refusal` for invalid input, and never throws for it. */
  parse (input: unknown): Domain | Refusal
  /** Encodes a value as JSON. Default: `String(value)`. */
  encode? (value: Domain): unknown
  /** Tells whether a value is a decoded one. */
  is (value: unknown): value is Domain
  /**
   * If true, a string that `parse` accepts is an exact match in a union, as for refined strings such as Email. A function tells of
   * which inputs this holds.
   */
  readonly exact?: boolean | ((input: unknown) => boolean)
  /** If true, integers beyond 2^53 in a JSON body are given to `parse` as `bigint`, with all their digits. */
  readonly takesBigInt?: boolean
  /** Keywords that `parse` handles, besides `type`, `format` and `anyOf`. Others are an error at startup. */
  readonly keywords?: readonly string[]
}

/** Tells whether an input that a codec accepts is an exact match in a union. */
export function isExact ({ exact }: Codec, input: unknown): boolean {
  return typeof exact === 'function' ? exact(input) : exact === true
}

/** Symbol of the codec of a schema. */
export const kCodec: unique symbol = Symbol.for('fastify-apikit.codec')

/**
 * `'set'`: an array decoded to a `Set`. `'map'`: an object decoded to a `Map`; its key schema stands under `kKey`.
 * `'json'`: a string that contains JSON, which `contentSchema` describes.
 */
export const kContainer: unique symbol = Symbol.for('fastify-apikit.container')

/** Set on `SetOf(…, { frozen: true })`: what is no list is a `frozen_set_type`, as for FastAPI's `frozenset`. */
export const kFrozen: unique symbol = Symbol.for('fastify-apikit.frozen')

/** The schema of the keys of a `DictOf`. */
export const kKey: unique symbol = Symbol.for('fastify-apikit.key')

/** Set on `Literal(…)`: a miss is a `literal_error`; on a plain `enum` it is an `enum` error. */
export const kLiteral: unique symbol = Symbol.for('fastify-apikit.literal')

/** Set on `Models(…)`: an object of which each property that is an object is read from all parameters of its place. */
export const kModels: unique symbol = Symbol.for('fastify-apikit.models')

/** Set on `Embed(…)`: an object whose keys are parameters of their own (FastAPI's several body parameters). */
export const kEmbed: unique symbol = Symbol.for('fastify-apikit.embed')

/** Set on `Form(…)`: the body is a form, and its properties are the fields. */
export const kForm: unique symbol = Symbol.for('fastify-apikit.form')

/** Set on the fields of `Form()`: an object of them that is no form has lost that. */
export const kFormField: unique symbol = Symbol.for('fastify-apikit.form-field')

/** Set on `File(…)`: `'file'`, or `'stream'` for one that is handed over while it comes. */
export const kFile: unique symbol = Symbol.for('fastify-apikit.file')

/** Set on `ExcludeUnset(…)`: fields that were not sent stay away, whatever their defaults. */
export const kUnset: unique symbol = Symbol.for('fastify-apikit.unset')

/** Set on `Refine(schema, check)`: the functions run on the parsed value, in order; each may throw, or return another value. */
export const kRefine: unique symbol = Symbol.for('fastify-apikit.refine')

/** Set on `Secret()`: what was sent for it is in no answer. Other schemas say so by `redact: true`, or `writeOnly: true`. */
export const kRedact: unique symbol = Symbol.for('fastify-apikit.redact')
