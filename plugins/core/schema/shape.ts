/**
 * A schema as the parser sees it: every keyword understood, every reference resolved.
 *
 * @module
 */

import type { Codec } from '../../types/codec.ts'

/** Bounds of a number; reported in pydantic's order: multiple_of, le, lt, ge, gt. */
export interface Bounds {
  readonly multipleOf?: number | undefined
  readonly maximum?: number | undefined
  readonly exclusiveMaximum?: number | undefined
  readonly minimum?: number | undefined
  readonly exclusiveMinimum?: number | undefined
}

/** Bounds of the number of items. */
export interface Sized {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

export interface Pattern {
  readonly source: string
  test (text: string): boolean
  /** Maximum text length in UTF-16 units. Longer texts are rejected unless the schema allows them. */
  readonly longest?: number | undefined
}

/** Treatment of unknown keys: dropped, rejected, kept, or parsed by a shape. */
export type Extras = 'ignore' | 'forbid' | 'keep' | Shape

/** Conditions under which a response omits a field. Requests ignore them. */
export interface Presence {
  /** The key in the response. */
  readonly key: string
  /** Always omitted: validated, and not written. */
  readonly never?: boolean
  /** Omitted unless it was set: no default is filled in. */
  readonly unset?: boolean
  /** Omitted if it is null. */
  readonly null?: boolean
  /** Omitted if it equals the default of this field. */
  readonly default?: Field | undefined
}

/** A property of an object, or a parameter of a request. */
export interface Field {
  /** The key in the value that the handler gets. */
  readonly name: string
  /** The key on the wire, and in `loc`. */
  readonly alias: string
  /** Further keys, read in this order if the first was not sent. A response then uses `name`. */
  readonly choices?: readonly string[] | undefined
  readonly shape: Shape
  readonly required: boolean
  /** Makes a fresh default; absent when there is none. */
  readonly makeDefault?: (() => unknown) | undefined
  /** Header names: `_` is written `-` on the wire. */
  readonly convertUnderscores: boolean
  readonly presence?: Presence | undefined
}

/** The key of a field in a response, unless its presence says otherwise. */
export function writtenKey ({ name, alias, choices }: Pick<Field, 'name' | 'alias' | 'choices'>): string {
  return choices === undefined ? alias : name
}

export interface AnyShape { readonly kind: 'any' }
export interface NullShape { readonly kind: 'null' }
export interface BooleanShape { readonly kind: 'boolean' }
export interface NumberShape extends Bounds {
  readonly kind: 'integer' | 'number'
  readonly bounded: boolean
  /** Rejects NaN and infinities. */
  readonly finite: boolean
}
export interface StringShape extends Sized { readonly kind: 'string', readonly pattern?: Pattern | undefined }
export interface LiteralShape {
  readonly kind: 'literal'
  readonly values: readonly unknown[]
  readonly issue: 'literal_error' | 'enum'
  /** The label of an enum in a union: its title. */
  readonly title?: string | undefined
}
export interface CodecShape { readonly kind: 'codec', readonly codec: Codec }
/** `failFast`: nothing is read behind the first invalid item. */
export interface ArrayShape extends Sized { readonly kind: 'array', readonly items: Shape, readonly failFast?: boolean }
export interface SetShape extends Sized { readonly kind: 'set', readonly items: Shape, readonly frozen: boolean, readonly failFast?: boolean }
export interface TupleShape { readonly kind: 'tuple', readonly items: readonly Shape[], readonly failFast?: boolean }
export interface DictShape extends Sized {
  readonly kind: 'dict'
  /** Parses the keys; decoded keys make a `Map`. */
  readonly key?: Shape | undefined
  readonly keyPattern?: Pattern | undefined
  /** The keys that `keyPattern` does not match. */
  readonly others: Extras
  readonly value: Shape
  readonly as: 'object' | 'map'
  readonly failFast?: boolean
}
export interface ObjectShape {
  readonly kind: 'object'
  readonly title?: string | undefined
  readonly fields: readonly Field[]
  readonly extras: Extras
  /** Returns whether a response omits an unknown key. */
  readonly hides?: ((name: string, value: unknown) => boolean) | undefined
}
export interface NullableShape { readonly kind: 'nullable', readonly inner: Shape }
/** `takesFirst`: the first member that accepts a value has it, however well the others fit. */
export interface UnionShape { readonly kind: 'union', readonly members: readonly Shape[], readonly takesFirst?: boolean }
export interface TaggedShape {
  readonly kind: 'tagged'
  /** The key on the wire. */
  readonly property: string
  /** The property in the schema, where it is called otherwise on the wire. */
  readonly name?: string | undefined
  readonly tags: ReadonlyMap<unknown, Shape>
}
/** A reference, resolved when first followed: recursive schemas point back. */
export interface RefShape { readonly kind: 'ref', readonly target: () => Shape }
export interface JsonTextShape { readonly kind: 'json-text', readonly inner: Shape }
/** Runs a function of the user on the parsed value. */
export interface RefinedShape {
  readonly kind: 'refined'
  readonly inner: Shape
  readonly refine: (value: unknown) => unknown
  /** Reverses `refine`, if the schema can (TypeBox's `Type.Transform`). */
  readonly encode?: (value: unknown) => unknown
}
/** Checks keywords that only Ajv implements on the parsed value. Returns what is wrong. */
export interface CheckedShape {
  readonly kind: 'checked'
  readonly inner: Shape
  readonly check: (value: unknown) => { readonly keyword: string, readonly message: string } | undefined
}

export type Shape =
  | AnyShape | NullShape | BooleanShape | NumberShape | StringShape | LiteralShape | CodecShape
  | ArrayShape | SetShape | TupleShape | DictShape | ObjectShape
  | NullableShape | UnionShape | TaggedShape | RefShape | JsonTextShape | RefinedShape | CheckedShape

/** A shape that is itself, and no wrapping of another. */
export type BareShape = Exclude<Shape, NullableShape | RefinedShape | CheckedShape | RefShape>

/** The shape behind references, `null`, refinements and checks. */
export function bare (shape: Shape): BareShape {
  switch (shape.kind) {
    case 'nullable': case 'refined': case 'checked': return bare(shape.inner)
    case 'ref': return bare(shape.target())
    default: return shape
  }
}

/** Whether repeated keys of a query or header are its items. */
export function isList (shape: Shape): boolean {
  const inner = bare(shape)
  return inner.kind === 'array' || inner.kind === 'set' || inner.kind === 'tuple' || (inner.kind === 'union' && inner.members.some(isList))
}
