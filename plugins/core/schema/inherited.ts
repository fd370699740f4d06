/**
 * Names of properties that objects have without anybody setting them.
 *
 * @module
 */

const namesOf = (object: object): string[] => Object.getOwnPropertyNames(object)

/** Names that every object has. */
export const INHERITED: ReadonlySet<string> = new Set(namesOf(Object.prototype))

const NATIVE: ReadonlySet<string> = new Set([Date, Map, Set, Promise, RegExp, ArrayBuffer, DataView, Uint8Array, Object.getPrototypeOf(Uint8Array), Buffer]
  .flatMap(({ prototype }) => namesOf(prototype)))

/** Whether a `Map`, a `Date`, bytes and the like have a property of this name, so that one could pass for an object with this field. */
export function isNative (name: string): boolean {
  return NATIVE.has(name) || INHERITED.has(name) || /^\d+$/.test(name)
}
