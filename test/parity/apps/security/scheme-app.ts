/**
 * FastAPI's tests of its security schemes: apps with one route, which shows what the scheme has found.
 *
 * @module
 */

import type { Dependency } from '../../../../plugins/dependencies/index.ts'
import { strictPasswordForm } from '../../../../plugins/security/index.ts'
import { dependentApp, type DependentFactory } from '../dependencies/app.ts'

const STRANGER = { msg: 'Create an account first' }

/** The value is the name of the user. */
export function userApp (scheme: Dependency<string | null>, { login = false } = {}): DependentFactory {
  return dependentApp(async app => {
    app.get('/users/me', {
      config: { depends: { username: scheme } },
      schema: { summary: 'Read Current User' }
    }, async ({ deps: { username } }) => username === null ? STRANGER : { username })

    if (!login) return
    app.post('/login', {
      config: { depends: { form: strictPasswordForm } },
      schema: { summary: 'Login' }
    }, async ({ deps: { form: { grantType, username, password, scopes, clientId, clientSecret } } }) =>
      ({ grant_type: grantType, username, password, scopes, client_id: clientId, client_secret: clientSecret }))
  })
}

/** The value is shown as it is. */
export function credentialsApp (scheme: Dependency<object | null>): DependentFactory {
  return dependentApp(async app => {
    app.get('/users/me', {
      config: { depends: { credentials: scheme } },
      schema: { summary: 'Read Current User' }
    }, async ({ deps: { credentials } }) => credentials ?? STRANGER)
  })
}

/** The value is a token. */
export function tokenApp (scheme: Dependency<string | null>): DependentFactory {
  return dependentApp(async app => {
    app.get('/items/', {
      config: { depends: { token: scheme } },
      schema: { summary: 'Read Items' }
    }, async ({ deps: { token } }) => token === null ? STRANGER : { token })
  })
}
