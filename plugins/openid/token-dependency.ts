/**
 * The dependency that requires a valid token.
 *
 * @module
 */

import type { TSchema } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type Dependency, dependency, type DependencyOptions, schemesOf, securityScopes, type SecurityScopes } from '../dependencies/index.ts'
import { InvalidToken } from '../jwt/index.ts'
import type { CacheOptions, Checked, CheckedTokens } from './checked-tokens.ts'
import { InsufficientScope } from './refusals.ts'
import { Refused } from './refused.ts'

/** Options of `jwks` and `introspection`. */
export interface TokenOptions<Claims extends TSchema> {
  /** Dependency that reads the token, such as a scheme of `fastify-apikit/security`. The `Authorization` header by default. */
  readonly token?: Dependency<string>
  /** TypeBox schema of the claims, and the type of the value. `TokenClaims` by default. A token that does not match is rejected. */
  readonly claims?: Claims
  /** Accepted clients, by `client_id`, `cid` or `azp`. All by default. */
  readonly clients?: readonly string[]
  readonly cache?: CacheOptions
  /** Creates the error for an invalid token. By default it is thrown as it is: 401. */
  readonly refuse?: (error: InvalidToken) => Error
  /** Errors for the OpenAPI document: `[InvalidToken]`. None by default, as in FastAPI. */
  readonly errors?: DependencyOptions<{}, never, never, never, never, never, never, 'request'>['errors']
}

interface Context {
  readonly token: string
  readonly asked: SecurityScopes
  readonly request: FastifyRequest
}

/** @param scheme reads and documents the token, unless `options.token` does */
export function tokenDependency<Claims extends TSchema> (
  tokens: CheckedTokens, name: string, scheme: Dependency<string>, { token = scheme, refuse = error => error, errors = [] }: TokenOptions<Claims>
): Dependency<unknown> {
  const admit = (found: Checked | Refused, { asked, request }: Context): unknown => {
    if (found instanceof Refused) {
      const { code, reason } = found
      const error = new InvalidToken(code, { reason, challenge: 'Bearer error="invalid_token"' })
      request.log.info({ code, reason: error.reason }, 'a token was rejected')
      throw refuse(error)
    }
    if (asked.scopes.some(scope => !found.scopes.includes(scope))) throw new InsufficientScope(asked.scopeStr)
    return found.claims
  }
  // With a security scheme it runs before the body is read.
  return dependency({ name, needs: { token, asked: securityScopes }, security: schemesOf(token), errors }, (context: Context) => {
    const found = tokens.check(context.token)
    return found instanceof Promise ? found.then(found => admit(found, context)) : admit(found, context)
  })
}
