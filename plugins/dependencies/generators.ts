/**
 * Opens the generators of dependencies, and closes them again as Python's `AsyncExitStack` does.
 *
 * @module
 */

import { APIKIT_ERR_GENERATOR } from './errors.ts'

/** A generator that stands at its `yield`, or is to be brought there. */
export interface Opened {
  readonly label: string
  readonly generator: Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>
}

/** Something that was thrown, which may be `undefined`. */
export interface Raised {
  readonly error: unknown
}

export interface Unwound {
  /** What came out of the first of the generators. */
  readonly raised: Raised | undefined
  /** Who caught an error last and threw nothing. */
  readonly swallower: string | undefined
}

export function isThenable (value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}

/** Whether there is more to do with what a factory has returned than to take it as the value. */
export function isPending (value: unknown): boolean {
  return typeof value === 'object' && value !== null && (isThenable(value) || isGeneratorObject(value))
}

const GENERATORS: ReadonlySet<string> = new Set(['[object Generator]', '[object AsyncGenerator]'])

function isGeneratorObject (value: object): boolean {
  return (Symbol.iterator in value || Symbol.asyncIterator in value) && GENERATORS.has(Object.prototype.toString.call(value))
}

/** Closes the generator of a function that does not look like a generator function: it was called as one that leaves nothing to close. */
export async function refuseGenerator (generator: Opened['generator'], label: string): Promise<never> {
  const error = new APIKIT_ERR_GENERATOR(
    `the dependency "${label}" is a plain function that returns a generator, which nobody would close; write it as function * or async function *, and let it yield * the generator that it wraps`
  )
  try {
    await generator.return(undefined)
  } catch (cause) {
    error.cause = cause
  }
  throw error
}

/** Runs a generator up to its `yield`. What looks like a generator function, as a Proxy of one does, may return something else. */
export function start<G extends Opened['generator']> (label: string, generator: G): ReturnType<G['next']> {
  if (typeof Object(generator).next !== 'function') throw new APIKIT_ERR_GENERATOR(`the dependency "${label}" is a generator function that returned no generator; look at what it is wrapped in`)
  return generator.next() as ReturnType<G['next']>
}

/** The value that a generator yields. */
export function yielded (label: string, { done, value }: IteratorResult<unknown, unknown>): unknown {
  if (done === true) throw new APIKIT_ERR_GENERATOR(`the dependency "${label}" ended before its yield; every way through it has to yield a value or to throw`)
  return value
}

/**
 * Lets generators run on behind their `yield`, last in first out. What one throws is thrown into the next.
 *
 * @param stack emptied, one by one
 * @param raised thrown into the last of them
 */
export async function unwind (stack: Opened[], raised?: Raised): Promise<Unwound> {
  let swallower: string | undefined
  for (let last = stack.pop(); last !== undefined; last = stack.pop()) {
    const before = raised
    raised = await close(last, before)
    if (before !== undefined && raised === undefined) swallower = last.label
  }
  return { raised, swallower }
}

async function close ({ label, generator }: Opened, raised: Raised | undefined): Promise<Raised | undefined> {
  try {
    const { done } = raised === undefined ? await generator.next() : await generator.throw(raised.error)
    if (done === true) return undefined
    await generator.return(undefined)
    throw new APIKIT_ERR_GENERATOR(`the dependency "${label}" yielded a second time; a dependency yields one value`)
  } catch (error) {
    return { error }
  }
}
