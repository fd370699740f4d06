/**
 * Where a request keeps what its dependencies have made; declared in `index.ts`.
 *
 * @module
 */

/** The values, by the names in `config.depends`; what `request.deps` shows. */
export const kDeps: unique symbol = Symbol('fastify-apikit.dependencies.deps')

/** All values, between the calls before the body is read and those after. */
export const kSlots: unique symbol = Symbol('fastify-apikit.dependencies.slots')

/** The generators that are open. */
export const kTeardown: unique symbol = Symbol('fastify-apikit.dependencies.teardown')
