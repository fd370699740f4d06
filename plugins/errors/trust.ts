import { APIKIT_ERR_INVALID_OPTIONS } from '../core/errors.ts'
import type { ErrorClass } from './handlers.ts'
import type { Trusts } from './recognise.ts'

/** Errors that decide status, message and headers of their answer: some classes, or those for which a function returns `true`. */
export type Trust = ReadonlyArray<ErrorClass<unknown>> | ((error: unknown) => boolean)

/** @throws APIKIT_ERR_INVALID_OPTIONS for a class without a list, and for a list of anything else */
export function trusting (trust: Trust): Trusts {
  if (typeof trust === 'function') {
    if (isClass(trust)) refuse(`: must be a function or a list of classes, such as [${trust.name}]`)
    return error => trust(error) === true // the promise of an async function is no yes
  }
  if (!Array.isArray(trust)) refuse(': must be a function or a list of classes')
  const wrong = trust.findIndex(one => typeof Object(one).prototype !== 'object')
  if (wrong !== -1) refuse(`/${wrong}: must be a class; pass a function in place of the list`)
  return error => trust.some(one => error instanceof one)
}

/** The `prototype` of a class cannot be written, that of a function can. */
function isClass (value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false
}

function refuse (problem: string): never {
  throw new APIKIT_ERR_INVALID_OPTIONS('fastify-apikit/errors', `options/trust${problem}`)
}
