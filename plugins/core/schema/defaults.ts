/**
 * Decodes defaults, which are written in a schema as in a request.
 *
 * @module
 */

import type { Schema } from '../plan/route-plan.ts'
import { duplicator } from './duplicate.ts'
import { FAIL, Pass } from './issue.ts'
import type { Parsers } from './parse.ts'
import type { Shape } from './shape.ts'

/**
 * Makes a fresh copy of a default each time, so that no request can change the next one's; `undefined`
 * when the schema has none. As in FastAPI a default is not checked unless `validateDefault` says so: one that its schema
 * would refuse is given as it stands.
 */
export function defaultOf (schema: Schema, shape: Shape, parsers: Parsers): (() => unknown) | undefined {
  if (!('default' in schema)) return undefined
  const written = schema.default
  // Not at once: the shape of a schema inside itself is not complete yet.
  let source: { readonly shape: Shape, readonly parsers: Parsers } | undefined = { shape: schema.validateDefault === true ? shape : unrefined(shape), parsers }
  let make: () => unknown
  return () => {
    if (source !== undefined) {
      make = maker(written, source.shape, source.parsers)
      source = undefined // Read once, the shape need not be kept.
    }
    return make()
  }
}

function maker (written: unknown, shape: Shape, parsers: Parsers): () => unknown {
  const clone = () => structuredClone(written)
  const parse = () => parsers.of(shape)(clone(), Pass.quiet())
  const value = parse()
  return value === FAIL ? duplicator(clone()) ?? clone : duplicator(value) ?? parse
}

/** Returns what is wrong with the default of a schema that has `validateDefault`. */
export function problemOfDefault (schema: Schema, shape: Shape, parsers: Parsers): string | undefined {
  if (!('default' in schema)) return undefined
  const pass = new Pass(1)
  if (parsers.of(shape)(structuredClone(schema.default), pass) !== FAIL) return undefined
  return pass.issues.map(({ loc, msg }) => `the default is invalid: ${[...loc, msg].join(': ')}. Change it, or remove validateDefault`).join()
}

/** Removes the user's own checks, which apply only to what clients send. */
function unrefined (shape: Shape): Shape {
  switch (shape.kind) {
    case 'refined': case 'checked': return unrefined(shape.inner)
    case 'nullable': return { kind: 'nullable', inner: unrefined(shape.inner) }
    default: return shape
  }
}
