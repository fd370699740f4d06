/**
 * The token of a scheme, verified, as a dependency.
 *
 * @module
 */

import { type Dependency, dependency, type SecurityScopes, securityScopes } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'
import { challenge, type HttpCredentials } from '../security/index.ts'
import type { Claims } from './claims.ts'

export interface VerifiedOptions {
  /** Whether the scopes that are asked for have to be in the token; else that is for you, by `requireScopes`. `true` by default. */
  readonly enforceScopes?: boolean
}

type Token = string | HttpCredentials

/**
 * The claims of the token that a scheme has found. Scopes that are asked for by `scoped` have to be in it.
 *
 * ```ts
 * const claims = verified(oauth2PasswordBearer({ tokenUrl: 'token', scopes: { items: 'Read items.' } }))
 * const currentUser = dependency({ needs: { claims } }, ({ claims }) => users.get(claims.sub))
 * app.get('/items', { config: { depends: { user: scoped(currentUser, ['items']) } } }, …)
 * ```
 *
 * @param scheme of security, whose value is the token; of an optional one, the claims may be `null`
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
 * Answers 401 "Not enough permissions" unless a token has all scopes that are asked for: in `scope`, between blanks (RFC 8693 §4.2), or in `scp`, a list.
 *
 * @throws Unauthorized with the scopes in `WWW-Authenticate`
 */
export function requireScopes (claims: Claims, asked: SecurityScopes): void {
  const granted = scopesOf(claims)
  if (!asked.scopes.every(scope => granted.includes(scope))) throw new Unauthorized('Not enough permissions', challenge(asked))
}

/** The scopes of a token. */
export function scopesOf ({ scope, scp }: Claims): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter(one => one !== '')
  return Array.isArray(scp) ? scp.filter(one => typeof one === 'string') : []
}
