/**
 * Which fields of a parsed object the client sent, and which are there by default. Noted on the object itself in a
 * private field, which nothing else sees: no copy, no comparison, no listing of its keys. A WeakMap would cost ten
 * times as much.
 *
 * @module
 */

/** The defaults that were filled in, by the names of their fields. */
export type Filled = Readonly<Record<string, unknown>>

class Bearer {
  // A constructor that returns an object puts the private fields of the class below on that one.
  constructor (object: object) {
    return object
  }
}

class Note extends Bearer {
  readonly #filled: Record<string, unknown>

  constructor (object: object, filled: Record<string, unknown>) {
    super(object)
    this.#filled = filled
  }

  static of (object: object): Filled | undefined {
    return #filled in object ? object.#filled : undefined
  }

  static add (object: object, filled: Record<string, unknown>): void {
    if (#filled in object) Object.assign(object.#filled, filled)
    // eslint-disable-next-line no-new
    else new Note(object, filled)
  }
}

/** What was filled in; `undefined` for nothing, and for objects that no schema has made. */
export const filledOf: (object: object) => Filled | undefined = Note.of

/** Notes on an object what is filled in, besides what has been. */
export const noteFilled: (object: object, filled: Record<string, unknown>) => void = Note.add

/** Whether a field still is what it was filled with: one that was set since counts as sent. */
export function isFilled (filled: Filled, name: string, value: unknown): boolean {
  return Object.hasOwn(filled, name) && filled[name] === value
}
