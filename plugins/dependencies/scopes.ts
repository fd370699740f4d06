/**
 * OAuth2 scopes: required where a dependency is mentioned, visible to all that it needs.
 *
 * @module
 */

import { type Definition, kDependency } from './definition.ts'
import { type Dependency, isDependency, Token } from './dependency.ts'
import { APIKIT_ERR_DEPENDENCY } from './errors.ts'

/** Scopes required on the way from the route to a dependency, in that order, each once. */
export interface SecurityScopes {
  readonly scopes: readonly string[]
  /** The scopes, joined by spaces. */
  readonly scopeStr: string
}

/**
 * Returns the dependency with required scopes: FastAPI's `Security(dependency, scopes=[…])`.
 *
 * ```ts
 * app.get('/items', { config: { depends: { user: scoped(currentUser, ['items:read']) } } }, …)
 * ```
 *
 * @throws APIKIT_ERR_DEPENDENCY when the argument is not a dependency, or scopes is not an array of strings.
 * @see https://fastapi.tiangolo.com/advanced/security/oauth2-scopes/
 */
export function scoped<Value> (of: Dependency<Value>, scopes: readonly string[]): Dependency<Value> {
  if (!isDependency(of)) throw new APIKIT_ERR_DEPENDENCY('scoped(): the first argument must be a dependency, made by dependency()')
  if (!Array.isArray(scopes) || scopes.some(scope => typeof scope !== 'string')) throw new APIKIT_ERR_DEPENDENCY('scoped(): scopes must be an array of strings')
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
  factory: Object, // Not called: the value is known when the app starts.
  kind: 'scopes',
  forRoute: undefined,
  slots: undefined
}

/**
 * A dependency: the scopes required of the dependency that needs it. FastAPI's `SecurityScopes`.
 *
 * ```ts
 * const currentUser = dependency({ needs: { token: oauth2, asked: securityScopes } }, ({ token, asked }) => verify(token, asked.scopes))
 * ```
 */
export const securityScopes: Dependency<SecurityScopes> = new Token({ definition, scopes: [], fresh: false })

export function scopesValue (scopes: readonly string[]): SecurityScopes {
  return Object.freeze({ scopes: Object.freeze([...scopes]), scopeStr: scopes.join(' ') })
}
