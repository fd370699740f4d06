/**
 * The order in which the keys of a JSON object were written. JavaScript puts those that are integers first,
 * so that `{"b": 1, "2": 2}` would be refused, and its equal keys decided, in another order than FastAPI's.
 *
 * @module
 */

const kOrder: unique symbol = Symbol('fastify-apikit.key-order')

const INTEGER = /^(?:0|[1-9]\d{0,9})$/

/** Notes the order of the keys on an object, if JavaScript has another one. */
export function noteOrder (object: object, keys: readonly string[]): void {
  if (!keys.some(key => INTEGER.test(key)) || !Object.isExtensible(object)) return
  Object.defineProperty(object, kOrder, { value: [...new Set(keys)], configurable: true })
}

/** Notes on a value the order of the keys of a second reading of the same text. A hook may have changed the value since. */
export function copyOrder (from: unknown, to: unknown): void {
  if (typeof from !== 'object' || from === null || typeof to !== 'object' || to === null) return
  const keys = keysOf(from)
  if (!Array.isArray(from)) noteOrder(to, keys)
  for (const key of keys) copyOrder(Reflect.get(from, key), Reflect.get(to, key))
}

/** The keys of an object as they were written; keys that were added since come last. */
export function keysOf (object: object): readonly string[] {
  if (!(kOrder in object)) return Object.keys(object)
  const keys = new Set(Object.keys(object))
  const written = (object[kOrder] as readonly string[]).filter(key => keys.delete(key))
  return [...written, ...keys]
}
