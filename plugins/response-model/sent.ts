/**
 * Types of what a handler must return: less than the model if `config.response` leaves fields out.
 *
 * @module
 */

import type { TUnsafe } from '@fastify/type-provider-typebox'
import type { FastifySchema, FastifyTypeProvider } from 'fastify'
import type { CallSerializerTypeProvider } from 'fastify/types/type-provider.js'
import type { ResponseOptions } from '../core/plan/response-options.ts'

/** Objects that count as one value: dates, decimals, sets, maps, bytes. */
type Whole = Date | { readonly [Symbol.toStringTag]: string } | { readonly s: number, readonly e: number, readonly d: number[] } | ((...args: never[]) => unknown)

/** The names of a selection at its first level. */
type Named<S> = S extends readonly (infer Name)[] ? Name : keyof S

/** The names that are selected as a whole. */
type Entire<S> = S extends readonly (infer Name)[] ? Name : { [Key in keyof S]: S[Key] extends true ? Key : never }[keyof S]

/** The selection inside a field. */
type Below<S, Key> = S extends readonly unknown[] ? undefined : Key extends keyof S ? S[Key] extends true ? undefined : S[Key] : undefined

type Without<All, Names> = All extends Names ? never : All

type Hidden<T, Include, Exclude> = (Include extends undefined ? never : Without<keyof T, Named<Include>>) | (Exclude extends undefined ? never : Entire<Exclude>)

/** Whether a field is or may be left out. */
type IsOptional<Value, Options> = Options extends { readonly excludeUnset: true } | { readonly excludeDefaults: true }
  ? true
  : Options extends { readonly excludeNull: true } ? null extends Value ? true : false : false

type OptionalKeys<T, Options, Include, Exclude> = { [Key in keyof T]-?: Key extends Hidden<T, Include, Exclude> ? Key : IsOptional<T[Key], Options> extends true ? Key : never }[keyof T]

type SentField<T, Key extends keyof T, Options, Include, Exclude> = Key extends Hidden<T, Include, Exclude>
  ? unknown
  : Sent<T[Key], Options, Below<Include, Key>, Below<Exclude, Key>>

/** One object, not an intersection: otherwise a promise would pass for an object without fields. */
type Flat<T> = { [Key in keyof T]: T[Key] }

type SentObject<T, Options, Include, Exclude, Optional> = Flat<
  { [Key in keyof T as Key extends Optional ? never : Key]: SentField<T, Key, Options, Include, Exclude> } &
  { [Key in keyof T as Key extends Optional ? Key : never]?: SentField<T, Key, Options, Include, Exclude> | undefined }
>

/** What must be returned for a value of type `T`. */
export type Sent<T, Options, Include = OptionOf<Options, 'include'>, Exclude = OptionOf<Options, 'exclude'>> =
  T extends Whole ? T
    : T extends readonly unknown[] ? { [Index in keyof T]: Sent<T[Index], Options, Include, Exclude> }
      : T extends object
        ? string extends keyof T
          ? { [Key in keyof T]: Sent<T[Key], Options, Include, Exclude> }
          : SentObject<T, Options, Include, Exclude, OptionalKeys<T, Options, Include, Exclude>>
        : T

type OptionOf<Options, Name extends string> = Options extends { readonly [key in Name]: infer Option } ? Option : undefined

type IsSuccess<Status, Statuses> = `${Status & (string | number)}` extends `2${string}` ? true
  : Status extends 'default' ? [Extract<`${Statuses & (string | number)}`, `2${string}`>] extends [never] ? true : false : false

/** The schema of a route as its handler sees it, without the fields that are left out. */
export type SentSchema<TypeProvider extends FastifyTypeProvider, Schema extends FastifySchema, Options extends ResponseOptions> = Pick<Schema, keyof Schema & ('body' | 'cookies' | 'querystring' | 'params' | 'headers')> & {
  response: {
    [Status in keyof Schema['response']]: IsSuccess<Status, keyof Schema['response']> extends true
      ? TUnsafe<Sent<CallSerializerTypeProvider<TypeProvider, Schema['response'][Status]>, Options>>
      : Schema['response'][Status]
  }
}
