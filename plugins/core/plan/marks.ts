/**
 * Symbols by which values say what they are, so that a route can be asked what it uses without knowing the plugins.
 *
 * @module
 */

/** On a dependency: what it is. */
export const kDependency: unique symbol = Symbol.for('fastify-apikit.dependency')

/** On a schema of a response: the plugin that must be there for it to mean anything. */
export const kOwner: unique symbol = Symbol.for('fastify-apikit.owner')
