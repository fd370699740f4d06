/**
 * Partial updates: the fields that a client sent, without defaults.
 *
 * @module
 * @see https://fastapi.tiangolo.com/tutorial/body-updates/#partial-updates-with-patch
 */

import { filledOf, isFilled, noteFilled } from '../core/schema/fields-set.ts'

/**
 * Returns the names of the fields that were set: for a request body and the objects in it, those that the client sent or that were
 * changed since, without defaults. For other objects, and for copies, all own fields. pydantic's `model_fields_set`.
 *
 * @param value An object of the body, or any object.
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
 * Returns a copy of a stored object with the fields that a client sent. Fields that the client left out stay, whatever their
 * default. An object in a field replaces the whole stored object. FastAPI's
 * `stored.model_copy(update=item.model_dump(exclude_unset=True))`.
 *
 * A field that was set in neither stays unset, for `excludeUnset` and `fieldsSet`.
 *
 * @param stored Not changed. For an instance of a class the copy is one, too, with its own properties.
 * @param body The body of a request, or any object.
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
    // A client never sends `undefined`. In another object it means that the field is not changed.
    if (value !== undefined) Object.defineProperty(patched, name, { value, writable: true, enumerable: true, configurable: true })
  }
  const filled = Object.entries(filledOf(stored) ?? {}).filter(([name]) => !sent.has(name as never))
  if (filled.length > 0) noteFilled(patched, Object.fromEntries(filled))
  return patched
}
