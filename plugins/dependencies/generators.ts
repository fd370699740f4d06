/**
 * Opens the generators of dependencies and closes them as Python's `AsyncExitStack` does.
 *
 * @module
 */

import { APIKIT_ERR_GENERATOR } from './errors.ts'

/** A generator that is at its `yield`, or on the way there. */
export interface Opened {
  readonly label: string
  readonly generator: Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>
}

/** A thrown value, which may be `undefined`. */
export interface Raised {
  readonly error: unknown
}

export interface Unwound {
  /** The error that the last generator passed on. */
  readonly raised: Raised | undefined
  /** Label of the last dependency that caught an error and threw nothing. */
  readonly swallower: string | undefined
}

export function isThenable (value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}

/** Tells whether a factory returned something other than its value: a promise or a generator. */
export function isPending (value: unknown): boolean {
  return typeof value === 'object' && value !== null && (isThenable(value) || isGeneratorObject(value))
}

const GENERATORS: ReadonlySet<string> = new Set(['[object Generator]', '[object AsyncGenerator]'])

function isGeneratorObject (value: object): boolean {
  return (Symbol.iterator in value || Symbol.asyncIterator in value) && GENERATORS.has(Object.prototype.toString.call(value))
}

/** Closes the generator that a plain function returned. The function was called as one without cleanup. */
export async function refuseGenerator (generator: Opened['generator'], label: string): Promise<never> {
  const error = new APIKIT_ERR_GENERATOR(
    `the dependency "${label}" is a plain function that returned a generator, so its cleanup would be skipped. Write it as function * or async function *, with yield * in front of the wrapped generator`
  )
  try {
    await generator.return(undefined)
  } catch (cause) {
    error.cause = cause
  }
  throw error
}

/** Runs a generator up to its `yield`. A Proxy of a generator function may have returned something else. */
export function start<G extends Opened['generator']> (label: string, generator: G): ReturnType<G['next']> {
  if (typeof Object(generator).next !== 'function') throw new APIKIT_ERR_GENERATOR(`the dependency "${label}" is a generator function, but returned something else. Check what wraps it`)
  return generator.next() as ReturnType<G['next']>
}

/** Returns the value that a generator yields. */
export function yielded (label: string, { done, value }: IteratorResult<unknown, unknown>): unknown {
  if (done === true) throw new APIKIT_ERR_GENERATOR(`the dependency "${label}" ended before its yield. Every path must yield once or throw`)
  return value
}

/**
 * Resumes generators after their `yield`, last in first out. What one throws is thrown into the next.
 *
 * @param stack Emptied, one by one.
 * @param raised Thrown into the last of them.
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
    throw new APIKIT_ERR_GENERATOR(`the dependency "${label}" yielded twice. A dependency must yield one value`)
  } catch (error) {
    return { error }
  }
}
