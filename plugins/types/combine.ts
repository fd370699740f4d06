/**
 * Combines schemas.
 *
 * @module
 */

import type { Static, TNull, TObject, TProperties, TSchema, TUnion, TUnsafe } from '@fastify/type-provider-typebox'
import { type ObjectOptions, type SchemaOptions, Type } from '@sinclair/typebox'
import { kEmbed, kForm, kFormField, kModels, kRefine, kUnset } from './codec.ts'
import { copyOf, objectOf } from './typebox.ts'

/**
 * Declares a value or `null`. FastAPI's `T | None`. Errors are those of the value.
 *
 * @param options Options of the field: `alias`, `title`, `default`.
 * @example
 * ```ts
 * const Query = Type.Object({ q: Type.Optional(Nullable(Type.String())) })
 * ```
 */
export function Nullable<T extends TSchema> (schema: T, options?: SchemaOptions): TUnion<[T, TNull]> {
  return Type.Union([schema, Type.Null()], options)
}

/**
 * Declares several parameters in one JSON body: each property is a parameter of its own. FastAPI's several body parameters, and its
 * `Body(embed=True)`. Error of each parameter that is not sent: `missing`.
 *
 * @param properties Parameters by name.
 * @param options Options of the object.
 * @example
 * ```ts
 * const body = Embed({ item: Item, importance: Type.Integer() }) // {"item": {…}, "importance": 5}
 * ```
 */
export function Embed<T extends TProperties> (properties: T, options?: ObjectOptions): TObject<T> {
  return Object.assign(objectOf(properties, options), { [kEmbed]: true })
}

/**
 * Declares the fields of a form as the body: `application/x-www-form-urlencoded`, or `multipart/form-data` if it has files.
 * FastAPI's `Form()`, and its form models. Multipart forms need `fastify-apikit/forms`.
 *
 * - Of a repeated field the last value counts. An array takes all values.
 * - An empty field counts as missing. With a `title` the form is a model, and an empty field is a value.
 * - A field that is an object is sent as JSON.
 *
 * @example
 * ```ts
 * app.post('/login', { schema: { body: Form({ username: Type.String(), password: Secret() }) } },
 *   async ({ body: { username } }) => ({ username }))
 * ```
 * @see https://fastapi.tiangolo.com/tutorial/request-forms/
 */
export function Form<T extends TProperties> (fields: T, options?: ObjectOptions): TObject<T> {
  // TypeBox makes objects of the fields of others, and such an object would be read as JSON.
  const marked = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, copyOf(field, { [kFormField]: true })])) as T
  return Object.assign(objectOf(marked, options), { [kForm]: true })
}

/**
 * Declares several parameter models in one part of a request, beside single parameters. Each model is read from all
 * values. One that is `Nullable` or optional is present if one of its fields was sent. FastAPI's several
 * `Annotated[Model, Query()]`.
 *
 * @param parts Models and single parameters, by their names in the handler.
 * @param options Options of the object.
 * @example
 * ```ts
 * const querystring = Models({ page: Page, dates: Nullable(Dates, { default: null }), q: Type.String() })
 * // ?limit=10&start=2026-01-01&end=2026-02-01&q=a → { page: { limit: 10 }, dates: { start, end }, q: 'a' }
 * ```
 * @see https://fastapi.tiangolo.com/tutorial/query-param-models/
 */
export function Models<T extends TProperties> (parts: T, options?: ObjectOptions): TObject<T> {
  return Object.assign(objectOf(parts, options), { [kModels]: true })
}

/**
 * Declares several models in a form, also optional ones and unions, beside single fields and files. FastAPI's several
 * `Annotated[Model, Form()]`.
 *
 * @param parts Models and single fields, by their names in the handler.
 * @param options Options of the object.
 * @example
 * ```ts
 * const body = FormModels({ contact: Type.Union([Person, Company], { discriminator: { propertyName: 'kind' } }), photo: File() })
 * ```
 * @see https://fastapi.tiangolo.com/tutorial/request-form-models/
 */
export function FormModels<T extends TProperties> (parts: T, options?: ObjectOptions): TObject<T> {
  return Object.assign(Models(parts, options), { [kForm]: true })
}

/**
 * Declares an object without defaults: the handler gets only the fields that the client sent, as for a PATCH. Required fields stay
 * required, nested objects get their defaults, and the document shows the object itself. In the handler every field may be
 * undefined. FastAPI's `item.model_dump(exclude_unset=True)`.
 *
 * For a body that keeps its defaults, use `fieldsSet` and `applyPatch` of `fastify-apikit/response-model`. In `schema.response` it
 * acts as `config.response: { excludeUnset: true }`, at its first level.
 *
 * @param object Schema of the object.
 * @example
 * ```ts
 * app.patch('/items/:id', { schema: { params: ItemId, body: ExcludeUnset(Item) } },
 *   async ({ params: { id }, body }) => store.save(id, { ...store.read(id), ...body }))
 * ```
 * @see https://fastapi.tiangolo.com/tutorial/body-updates/#using-pydantics-exclude_unset-parameter
 */
export function ExcludeUnset<T extends TObject> (object: T): TUnsafe<Partial<Static<T>>> {
  return copyOf(object, { [kUnset]: true }) as unknown as TUnsafe<Partial<Static<T>>>
}

/** The result of a check: its return value, or the value itself if it returns nothing. */
type Refined<Domain, Returned> = [Returned] extends [void] ? Domain : Exclude<Returned, undefined | void> | (Extract<Returned, undefined | void> extends never ? never : Domain)

/**
 * Adds a check to a schema: a function that gets the valid value. An error it throws is a `value_error` (`Value error, <message>`).
 * A value it returns replaces the value. FastAPI's `AfterValidator`. Several checks run in the order in which they were added.
 *
 * @param check Gets the decoded value. If it returns nothing, the value is kept.
 * @example
 * ```ts
 * const Slug = Refine(Type.String(), text => {
 *   if (!/^[a-z-]+$/.test(text)) throw new Error('must be a slug')
 * })
 * ```
 */
export function Refine<T extends TSchema, Returned> (schema: T, check: (value: Static<T>) => Returned): TRefined<T, Returned>
export function Refine (schema: TSchema, check: (value: never) => unknown): TSchema {
  const before: unknown = Reflect.get(schema, kRefine)
  return copyOf(schema, { [kRefine]: [...Array.isArray(before) ? before : [], check] })
}

/** The schema itself, so that its properties can still be picked, unless the check returns another value. */
export type TRefined<T extends TSchema, Returned> = [Refined<Static<T>, Returned>, Static<T>] extends [Static<T>, Refined<Static<T>, Returned>]
  ? T
  : TUnsafe<Refined<Static<T>, Returned>>
