/**
 * Schemas made of other schemas.
 *
 * @module
 */

import type { Static, TNull, TObject, TProperties, TSchema, TUnion, TUnsafe } from '@fastify/type-provider-typebox'
import { type ObjectOptions, type SchemaOptions, Type } from '@sinclair/typebox'
import { kEmbed, kForm, kModels, kRefine, kUnset } from './codec.ts'
import { copyOf, objectOf } from './typebox.ts'

/**
 * A value or `null`. FastAPI's `T | None`. What is wrong with a value is said as without it.
 *
 * @param options of the field: its `alias`, `title`, `default`
 * @example
 * ```ts
 * const Query = Type.Object({ q: Type.Optional(Nullable(Type.String())) })
 * ```
 */
export function Nullable<T extends TSchema> (schema: T, options?: SchemaOptions): TUnion<[T, TNull]> {
  return Type.Union([schema, Type.Null()], options)
}

/**
 * Several parameters in one JSON body: each property is a parameter of its own. FastAPI's several body parameters,
 * and its `Body(embed=True)`. One that is not sent is a `missing` of its own.
 *
 * @param properties the parameters by name
 * @param options of the object
 * @example
 * ```ts
 * const body = Embed({ item: Item, importance: Type.Integer() }) // {"item": {…}, "importance": 5}
 * ```
 */
export function Embed<T extends TProperties> (properties: T, options?: ObjectOptions): TObject<T> {
  return Object.assign(objectOf(properties, options), { [kEmbed]: true })
}

/**
 * The fields of a form as the body: `application/x-www-form-urlencoded`, or `multipart/form-data`, which it takes for
 * files. Of a field that comes twice the last counts, a list takes all, and an empty one was not sent; with a `title`
 * the fields are those of a model, and an empty one is a value. A field that is an object comes as JSON. FastAPI's
 * `Form()`, and its form models. Multipart forms need `fastify-apikit/forms`.
 *
 * @example
 * ```ts
 * app.post('/login', { schema: { body: Form({ username: Type.String(), password: Secret() }) } },
 *   async ({ body: { username } }) => ({ username }))
 * ```
 * @see https://fastapi.tiangolo.com/tutorial/request-forms/
 */
export function Form<T extends TProperties> (fields: T, options?: ObjectOptions): TObject<T> {
  return Object.assign(objectOf(fields, options), { [kForm]: true })
}

/**
 * Several parameter models in one part of a request, beside single parameters. Each model is read from all that was sent,
 * for itself; one that is `Nullable` or optional is there as soon as one of its fields was sent. FastAPI's several
 * `Annotated[Model, Query()]`.
 *
 * @param parts the models and the single parameters, by the names that the handler gets them under
 * @param options of the object
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
 * The same in a form: several models, optional ones, and unions of models, beside single fields and files. FastAPI's
 * several `Annotated[Model, Form()]`.
 *
 * @param parts the models and the single fields, by the names that the handler gets them under
 * @param options of the object
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
 * The fields that a client has sent of an object, without the defaults of the others: what a PATCH changes.
 * Required fields are asked for all the same, nested objects are filled as ever, and the document shows the object
 * itself. In the handler every field may be undefined. FastAPI's `item.model_dump(exclude_unset=True)`.
 *
 * `fastify-apikit/response-model` has the same for a body that keeps its defaults: `fieldsSet` and `applyPatch`. In
 * `schema.response` it is the model of which `config.response` says `excludeUnset`, at its first level.
 *
 * @param object the schema of what is to be changed
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

/** What a check makes of a value: what it returns, or the value itself when it returns nothing. */
type Refined<Domain, Returned> = [Returned] extends [void] ? Domain : Exclude<Returned, undefined | void> | (Extract<Returned, undefined | void> extends never ? never : Domain)

/**
 * Runs a function on a value that its schema has let pass. What it throws is a `value_error`
 * (`Value error, <message>`), what it returns replaces the value. FastAPI's `AfterValidator`. Several run in the
 * order in which they were put on.
 *
 * @param check is given the domain value; it may return nothing, to keep it
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

/** The schema itself, so that its properties can still be picked, unless the check makes another value of it. */
export type TRefined<T extends TSchema, Returned> = [Refined<Static<T>, Returned>, Static<T>] extends [Static<T>, Refined<Static<T>, Returned>]
  ? T
  : TUnsafe<Refined<Static<T>, Returned>>
