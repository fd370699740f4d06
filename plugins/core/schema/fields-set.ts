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
  #filled: Filled

  constructor (object: object, filled: Filled) {
    super(object)
    this.#filled = filled
  }

  static of (object: object): Filled | undefined {
    return #filled in object ? object.#filled : undefined
  }

  static add (object: object, filled: Filled): void {
    // A copy: what is noted may be shared by many objects.
    if (#filled in object) object.#filled = { ...object.#filled, ...filled }
    // eslint-disable-next-line no-new
    else new Note(object, filled)
  }
}

/** What was filled in; `undefined` for nothing, and for objects that no schema has made. */
export const filledOf: (object: object) => Filled | undefined = Note.of

/** Notes on an object what is filled in, besides what has been. */
export const noteFilled: (object: object, filled: Filled) => void = Note.add

/** Whether a field still is what it was filled with: one that was set since counts as sent. */
export function isFilled (filled: Filled, name: string, value: unknown): boolean {
  return Object.hasOwn(filled, name) && filled[name] === value
}

/** Bits of a number that operators of bits can use. */
const BITS = 30
/** Sets of absent fields that are remembered; a client chooses which there are. */
const MOST_KNOWN = 100

/** The defaults of a model that all its objects share, by which of the fields are absent: one note for all that lack the same. */
export class SharedDefaults {
  readonly #fields: ReadonlyArray<readonly [name: string, value: unknown]>
  readonly #known = new Map<number | string, Filled>()

  constructor (fields: ReadonlyArray<readonly [name: string, value: unknown]>) {
    this.#fields = fields
  }

  /** JavaScript for the absence of the field at `index`, in variables that begin with `prefix`. */
  static absent (prefix: string, index: number): string {
    return `${prefix}${Math.floor(index / BITS)} |= ${1 << index % BITS}`
  }

  /** Variables for the absence of so many fields. */
  static variables (prefix: string, count: number): string[] {
    return Array.from({ length: Math.ceil(count / BITS) }, (_, index) => `${prefix}${index}`)
  }

  /** Notes on a new object what is filled in: what is shared, and its `own`. */
  note (object: object, absent: readonly number[], own: Record<string, unknown> | undefined): void {
    const shared = this.#of(absent)
    noteFilled(object, own === undefined ? shared : Object.assign(own, shared))
  }

  #of (absent: readonly number[]): Filled {
    const key = absent.length === 1 ? absent[0] as number : absent.join()
    let filled = this.#known.get(key)
    if (filled === undefined) {
      filled = Object.fromEntries(this.#fields.filter((_field, index) => ((absent[Math.floor(index / BITS)] as number) >> index % BITS & 1) === 1))
      if (this.#known.size < MOST_KNOWN) this.#known.set(key, filled)
    }
    return filled
  }
}
