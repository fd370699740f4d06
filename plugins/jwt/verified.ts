/**
 * Dependencies with the claims of a verified token.
 *
 * @module
 */

import { type Dependency, dependency, type SecurityScopes, securityScopes } from '../dependencies/index.ts'
import type { HttpCredentials } from '../security/index.ts'
import type { Claims } from './claims.ts'
import { InvalidToken } from './invalid-token.ts'

export interface VerifiedOptions {
  /** Whether the token must have the scopes that `scoped` asks for. If false, call `requireScopes` yourself. `true` by default. */
  readonly enforceScopes?: boolean
}

type Token = string | HttpCredentials

/**
 * Creates a dependency: the claims of the token that a security scheme reads. The token must have the scopes that `scoped` asks for.
 *
 * @param scheme a scheme of `fastify-apikit/security` with a token as its value; if it is optional, the claims may be `null`
 * @throws InvalidToken while serving
 * @example
 * ```ts
 * const claims = verified(oauth2PasswordBearer({ tokenUrl: 'token', scopes: { items: 'Read items.' } }))
 * const currentUser = dependency({ needs: { claims } }, ({ claims }) => users.get(claims.sub))
 * app.get('/items', { config: { depends: { user: scoped(currentUser, ['items']) } } }, …)
 * ```
 */
export function verified (scheme: Dependency<Token>, options?: VerifiedOptions): Dependency<Claims>
export function verified (scheme: Dependency<Token | null>, options?: VerifiedOptions): Dependency<Claims | null>
export function verified (scheme: Dependency<Token | null>, { enforceScopes = true }: VerifiedOptions = {}): Dependency<Claims | null> {
  return dependency({ needs: { token: scheme, asked: securityScopes }, decorators: ['tokens'] }, ({ token, asked, request }): Claims | Promise<Claims> | null => {
    if (token === null) return null
    const claims = request.server.tokens.check(typeof token === 'string' ? token : token.credentials, asked)
    if (!enforceScopes || asked.scopes.length === 0) return claims
    return claims instanceof Promise ? claims.then(claims => withScopes(claims, asked)) : withScopes(claims, asked)
  })
}

function withScopes (claims: Claims, asked: SecurityScopes): Claims {
  requireScopes(claims, asked)
  return claims
}

/**
 * Checks that a token has all scopes that are asked for: in `scope`, separated by spaces (RFC 8693 §4.2), or in `scp`, an array.
 *
 * @throws InvalidToken with the code `scope`: 401 "Not enough permissions", with the scopes in `WWW-Authenticate`
 */
export function requireScopes (claims: Claims, asked: SecurityScopes): void {
  const granted = scopesOf(claims)
  if (!asked.scopes.every(scope => granted.includes(scope))) throw new InvalidToken('scope', { asked })
}

/** Returns the scopes of a token. */
export function scopesOf ({ scope, scp }: Claims): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter(one => one !== '')
  return Array.isArray(scp) ? scp.filter(one => typeof one === 'string') : []
}
