/** Names that every object has: to find one of them does not mean that it was sent. */
export const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))
