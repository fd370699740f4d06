/**
 * Symbol of the state of a request. Declared in `index.ts`.
 *
 * @module
 */

export const kTold: unique symbol = Symbol('fastify-apikit.tasks.told')
