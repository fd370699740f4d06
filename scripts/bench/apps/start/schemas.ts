/**
 * The schemas of a route, made anew for each, as in an app where every route has its own.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'

/** One page of a list, as parameters in the query. */
export function page () {
  return { skip: Type.Integer({ default: 0, minimum: 0 }), limit: Type.Integer({ default: 100, maximum: 1000 }) }
}

export function schemasOf (route: number) {
  const image = Type.Object({
    url: Type.String(),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 })
  })
  const item = {
    name: Type.String({ minLength: 1, maxLength: 100 + route }),
    description: Type.Optional(Type.String({ maxLength: 300 })),
    price: Type.Number({ exclusiveMinimum: 0 }),
    tax: Type.Number({ default: 10.5 }),
    tags: Type.Array(Type.String(), { maxItems: 20 }),
    images: Type.Array(image)
  }
  return {
    params: Type.Object({ userId: Type.Integer({ minimum: 1 }) }),
    querystring: Type.Object({ sort: Type.Optional(Type.String()), ...page() }),
    body: Type.Object(item, { title: `Item${route}` }),
    response: { 200: Type.Object({ id: Type.Integer(), ...item }, { title: `ItemOut${route}` }) }
  }
}
