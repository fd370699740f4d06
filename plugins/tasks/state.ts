/**
 * Where a request keeps what is known of it when it comes; declared in `index.ts`.
 *
 * @module
 */

export const kTold: unique symbol = Symbol('fastify-apikit.tasks.told')
