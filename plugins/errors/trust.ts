import { APIKIT_ERR_INVALID_OPTIONS } from '../core/errors.ts'
import type { ErrorClass } from './handlers.ts'
import type { Trusts } from './recognise.ts'

/** Errors whose status, message and headers are sent: classes, or a function that returns `true` for them. */
export type Trust = ReadonlyArray<ErrorClass<unknown>> | ((error: unknown) => boolean)

/** @throws APIKIT_ERR_INVALID_OPTIONS for a class outside of an array, or an array of other values */
export function trusting (trust: Trust): Trusts {
  if (typeof trust === 'function') {
    if (isClass(trust)) refuse(`: must be a function or an array of classes. Use [${trust.name}]`)
    return error => trust(error) === true // the promise of an async function is no yes
  }
  if (!Array.isArray(trust)) refuse(': must be a function or an array of classes')
  const wrong = trust.findIndex(one => typeof Object(one).prototype !== 'object')
  if (wrong !== -1) refuse(`/${wrong}: must be a class. To use a function, pass it instead of the array`)
  return error => trust.some(one => error instanceof one)
}

/** Tells classes from functions: the `prototype` of a class is not writable. */
function isClass (value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false
}

function refuse (problem: string): never {
  throw new APIKIT_ERR_INVALID_OPTIONS('fastify-apikit/errors', `options/trust${problem}`)
}
