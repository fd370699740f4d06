/**
 * Partial updates: what a client sent, apart from the defaults beside it.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/body-updates/#partial-updates-with-patch
 */

import { filledOf, isFilled, noteFilled } from '../core/schema/fields-set.ts'

/**
 * The names of the fields that were set: of a request's body, and of the objects in it, those that the client sent
 * or that have got another value since, without those that their schema filled in. Of any other object, and of a
 * copy, all of its own. pydantic's `model_fields_set`.
 *
 * @param value an object of the body, or any object
 * @example
 * ```ts
 * app.patch('/items/:id', { schema: { body: Item } }, async ({ body }) => ({ changed: [...fieldsSet(body)] }))
 * ```
 */
export function fieldsSet<T extends object> (value: T): ReadonlySet<keyof T & string> {
  const names = Object.keys(value) as Array<keyof T & string>
  const filled = filledOf(value)
  return new Set(filled === undefined ? names : names.filter(name => !isFilled(filled, name, value[name])))
}

/**
 * A copy of what is stored with the fields that a client sent in place of its own: what the client left out stays,
 * whatever its default. An object in a field takes the place of the whole one there. FastAPI's
 * `stored.model_copy(update=item.model_dump(exclude_unset=True))`.
 *
 * A field that has its default in both stays one that was not set, for `excludeUnset` and `fieldsSet`.
 *
 * @param stored is not changed; an instance of a class makes one of that class, with its own properties
 * @param body the body of a request, or any object
 * @example
 * ```ts
 * app.patch('/items/:id', { schema: { params: ItemId, body: Item, response: { 200: Item } } },
 *   async ({ params: { id }, body }) => store.save(id, applyPatch(store.read(id), body)))
 * ```
 */
export function applyPatch<T extends object> (stored: T, body: { readonly [Key in keyof T]?: T[Key] | undefined }): T {
  const patched: T = Object.create(Object.getPrototypeOf(stored), Object.getOwnPropertyDescriptors(stored))
  const sent = fieldsSet(body)
  for (const name of sent) {
    const value = Reflect.get(body, name)
    // What was sent is never undefined: a handler's own object says so of a field that it does not change.
    if (value !== undefined) Object.defineProperty(patched, name, { value, writable: true, enumerable: true, configurable: true })
  }
  const filled = Object.entries(filledOf(stored) ?? {}).filter(([name]) => !sent.has(name as never))
  if (filled.length > 0) noteFilled(patched, Object.fromEntries(filled))
  return patched
}
