/**
 * Makes a request smaller as long as it still shows its difference.
 *
 * @module
 */

import type { Body, RandomRequest } from './random-request.ts'

function without<T> (values: readonly T[]): T[][] {
  return values.map((_, index) => values.toSpliced(index, 1))
}

/** The same with one part left out, in each way. */
function * smaller (request: RandomRequest): Generator<RandomRequest> {
  for (const query of without(request.query)) yield { ...request, query }
  for (const headers of without(request.headers)) yield { ...request, headers }
  for (const cookies of without(request.cookies)) yield { ...request, cookies }
  for (const body of smallerBodies(request.body)) yield { ...request, body }
}

function * smallerBodies (body: Body): Generator<Body> {
  if (body.as === 'json') for (const value of smallerValues(body.value)) yield { ...body, value }
  if (body.as === 'urlencoded') for (const pairs of without(body.pairs)) yield { ...body, pairs }
  if (body.as === 'multipart') for (const parts of without(body.parts)) yield { ...body, parts }
}

function * smallerValues (value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    yield * without(value)
    for (const [index, item] of value.entries()) for (const part of smallerValues(item)) yield value.with(index, part)
  } else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value)
    for (const rest of without(entries)) yield Object.fromEntries(rest)
    for (const [index, [key, item]] of entries.entries()) {
      for (const part of smallerValues(item)) yield Object.fromEntries(entries.with(index, [key, part]))
    }
  }
}

/**
 * @param shows whether a request still shows the difference
 * @param most requests that are tried
 */
export async function shrink (request: RandomRequest, shows: (request: RandomRequest) => Promise<boolean>, most = 200): Promise<RandomRequest> {
  let smallest = request
  let tries = 0
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false
    for (const candidate of smaller(smallest)) {
      if (++tries > most) return smallest
      if (!await shows(candidate)) continue
      smallest = candidate
      isSmaller = true
      break
    }
  }
  return smallest
}
