/** What nests deeper cannot be frozen, and later written as JSON, without the risk of a stack overflow. */
const MAX_LEVELS = 100

/**
 * Freezes plain objects and arrays at every level. Instances of classes are left as they are.
 *
 * @returns false when the value nests more than 100 levels deep; what is below them is then not frozen
 */
export function deepFreeze (value: unknown, levels = MAX_LEVELS): boolean {
  if (!isPlain(value)) return true
  if (levels === 0) return false
  return Object.values(Object.freeze(value)).every(inner => deepFreeze(inner, levels - 1))
}

function isPlain (value: unknown): value is object {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
}
