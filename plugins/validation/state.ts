/**
 * Where a request keeps what was begun before its body is read; declared in `index.ts`.
 *
 * @module
 */

export const kReading: unique symbol = Symbol('fastify-apikit.validation.reading')
