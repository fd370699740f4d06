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
  if (!keys.some(key => INTEGER.test(key))) return
  Object.defineProperty(object, kOrder, { value: [...new Set(keys)] })
}

/** The keys of an object as they were written. */
export function keysOf (object: object): readonly string[] {
  return kOrder in object ? object[kOrder] as readonly string[] : Object.keys(object)
}
