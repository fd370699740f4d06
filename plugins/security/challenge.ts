import type { SecurityScopes } from '../dependencies/index.ts'
import { quoted } from './scheme.ts'

/**
 * The header that asks for a bearer token, and says which scopes it has to have.
 *
 * ```ts
 * throw new Unauthorized('Not enough permissions', challenge(asked)) // www-authenticate: Bearer scope="me items"
 * ```
 *
 * @param asked what was asked of the dependency: the value of `securityScopes`
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function challenge (asked?: SecurityScopes): { readonly 'www-authenticate': string } {
  return { 'www-authenticate': asked === undefined || asked.scopes.length === 0 ? 'Bearer' : `Bearer scope=${quoted(asked.scopeStr)}` }
}
