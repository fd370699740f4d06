/**
 * OAuth2 scopes: asked for where a dependency is mentioned, known to all that it needs.
 *
 * @module
 */

import { type Definition, kDependency } from './definition.ts'
import { type Dependency, isDependency, Token } from './dependency.ts'
import { APIKIT_ERR_DEPENDENCY } from './errors.ts'

/** The scopes asked for on the way from the route to a dependency, in that order, each once. */
export interface SecurityScopes {
  readonly scopes: readonly string[]
  /** The same, joined by blanks. */
  readonly scopeStr: string
}

/**
 * A dependency that asks for scopes: FastAPI's `Security(dependency, scopes=[…])`.
 *
 * ```ts
 * app.get('/items', { config: { depends: { user: scoped(currentUser, ['items:read']) } } }, …)
 * ```
 *
 * @throws APIKIT_ERR_DEPENDENCY when it is no dependency, or the scopes are no list of texts
 * @see https://fastapi.tiangolo.com/advanced/security/oauth2-scopes/
 */
export function scoped<Value> (of: Dependency<Value>, scopes: readonly string[]): Dependency<Value> {
  if (!isDependency(of)) throw new APIKIT_ERR_DEPENDENCY('scoped: what is to have scopes is no dependency')
  if (!Array.isArray(scopes) || scopes.some(scope => typeof scope !== 'string')) throw new APIKIT_ERR_DEPENDENCY('scoped: the scopes are no list of texts')
  const mention = of[kDependency]
  return new Token({ ...mention, scopes: [...mention.scopes, ...scopes] })
}

const definition: Definition = {
  name: 'securityScopes',
  needs: {},
  inputs: {},
  isForm: false,
  scope: undefined,
  fresh: false,
  security: {},
  errors: [],
  decorators: [],
  factory: Object, // not called: the value is known when the app starts
  kind: 'scopes',
  forRoute: undefined,
  slots: undefined
}

/**
 * The scopes asked of the dependency that needs it: FastAPI's `SecurityScopes`.
 *
 * ```ts
 * const currentUser = dependency({ needs: { token: oauth2, asked: securityScopes } }, ({ token, asked }) => verify(token, asked.scopes))
 * ```
 */
export const securityScopes: Dependency<SecurityScopes> = new Token({ definition, scopes: [], fresh: false })

export function scopesValue (scopes: readonly string[]): SecurityScopes {
  return Object.freeze({ scopes: Object.freeze([...scopes]), scopeStr: scopes.join(' ') })
}
