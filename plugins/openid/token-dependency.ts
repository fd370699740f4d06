/**
 * The dependency that lets in who comes with a good token.
 *
 * @module
 */

import type { TSchema } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { type Dependency, dependency, type DependencyOptions, schemesOf, securityScopes, type SecurityScopes } from '../dependencies/index.ts'
import type { CacheOptions, Checked, CheckedTokens } from './checked-tokens.ts'
import { Refused } from './jwt.ts'
import { InsufficientScope, InvalidToken } from './refusals.ts'

/** What every check of tokens takes. */
export interface TokenOptions<Claims extends TSchema> {
  /** Where the token comes from: a scheme of `fastify-apikit/security`, say. The `Authorization` header by default, before the body is read. */
  readonly token?: Dependency<string>
  /** TypeBox schema of the claims, and the type of the value; `TokenClaims` by default. A token without them is refused. */
  readonly claims?: Claims
  /** Ids of the clients whose tokens are taken: `client_id`, `cid` or `azp`. All by default. */
  readonly clients?: readonly string[]
  readonly cache?: CacheOptions
  /** Makes the error for a bad token; 401 `InvalidToken` by default. */
  readonly refuse?: () => Error
  /** Errors for the document: `[InvalidToken]`. None by default, as in FastAPI. */
  readonly errors?: DependencyOptions<{}, never, never, never, never, never, never, 'request'>['errors']
}

interface Context {
  readonly token: string
  readonly asked: SecurityScopes
  readonly request: FastifyRequest
}

/** @param scheme the scheme that documents where tokens come from, unless `options.token` does */
export function tokenDependency<Claims extends TSchema> (
  tokens: CheckedTokens, name: string, scheme: Dependency<string>, { token = scheme, refuse = () => new InvalidToken(), errors = [] }: TokenOptions<Claims>
): Dependency<unknown> {
  const admit = (found: Checked | Refused, { asked, request }: Context): unknown => {
    if (found instanceof Refused) {
      request.log.info({ reason: found.reason }, 'a token was refused')
      throw refuse()
    }
    if (asked.scopes.some(scope => !found.scopes.includes(scope))) throw new InsufficientScope(asked.scopeStr)
    return found.claims
  }
  // With the scheme of the token it runs as early: a stranger's body is not read.
  return dependency({ name, needs: { token, asked: securityScopes }, security: schemesOf(token), errors }, (context: Context) => {
    const found = tokens.check(context.token)
    return found instanceof Promise ? found.then(found => admit(found, context)) : admit(found, context)
  })
}
