import type { SecurityScopes } from '../dependencies/index.ts'
import { quoted } from './scheme.ts'

/**
 * Returns the headers of a 401 that ask for a bearer token, with the scopes that it must have.
 *
 * ```ts
 * throw new Unauthorized('Not enough permissions', challenge(asked)) // www-authenticate: Bearer scope="me items"
 * ```
 *
 * @param asked The value of `securityScopes`. Without it, or without scopes, the header is `Bearer`.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function challenge (asked?: SecurityScopes): { readonly 'www-authenticate': string } {
  return { 'www-authenticate': asked === undefined || asked.scopes.length === 0 ? 'Bearer' : `Bearer scope=${quoted(asked.scopeStr)}` }
}
