/**
 * Symbols under which a request keeps the values of its dependencies. Declared in `index.ts`.
 *
 * @module
 */

/** Values by the names in `config.depends`, which `request.deps` returns. */
export const kDeps: unique symbol = Symbol('fastify-apikit.dependencies.deps')

/** All values, kept between the calls before and after the body is read. */
export const kSlots: unique symbol = Symbol('fastify-apikit.dependencies.slots')

/** Open generators. */
export const kTeardown: unique symbol = Symbol('fastify-apikit.dependencies.teardown')
