/**
 * Routes that say nothing of what exists: they answer preflights, or what no other route does. Whoever asks which
 * methods a path has is not told of them.
 *
 * @module
 */

/** Stands in the `config` of such a route. */
export const kUnlisted: unique symbol = Symbol('fastify-apikit.unlisted')

/**
 * Stands in the `config` of a route that only answers preflights, beside `kUnlisted`. A preflight carries no credentials
 * and reaches no handler, so such a route needs no protection.
 */
export const kPreflight: unique symbol = Symbol('fastify-apikit.preflight')

export function isUnlisted ({ config }: { readonly config?: object | undefined }): boolean {
  return config !== undefined && kUnlisted in config
}
