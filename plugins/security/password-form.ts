/**
 * The form of the OAuth 2.0 password flow.
 *
 * @module
 */

import { type Static, Type } from '@sinclair/typebox'
import { Nullable } from '../types/index.ts'
import { words } from '../types/blanks.ts'
import { type Dependency, dependency } from '../dependencies/index.ts'

/** The fields of a token request. */
export interface PasswordForm {
  readonly grantType: string | null
  readonly username: string
  readonly password: string
  /** The words in `scope`, split at spaces. */
  readonly scopes: readonly string[]
  readonly clientId: string | null
  readonly clientSecret: string | null
}

const GrantType = Type.String({ pattern: '^password$' })

const Fields = {
  username: Type.String(),
  password: Type.String({ format: 'password', redact: true }),
  scope: Type.String({ default: '' }),
  client_id: Nullable(Type.String(), { default: null }),
  client_secret: Nullable(Type.String(), { default: null, format: 'password', redact: true })
}
const Form = Type.Object({ grant_type: Nullable(GrantType, { default: null }), ...Fields })
// FastAPI's strict form leaves the formats out.
const StrictForm = Type.Object({
  grant_type: GrantType, ...Fields, password: Type.String({ redact: true }), client_secret: Nullable(Type.String(), { default: null, redact: true })
})

function formOf ({ grant_type: grantType, username, password, scope, client_id: clientId, client_secret: clientSecret }: Static<typeof Form>): PasswordForm {
  return { grantType, username, password, scopes: words(scope), clientId, clientSecret }
}

/**
 * A dependency: the fields of the OAuth 2.0 password flow, from a urlencoded body. FastAPI's `OAuth2PasswordRequestForm`.
 *
 * ```ts
 * app.post('/token', { config: { depends: { form: passwordForm } } }, async ({ deps: { form } }) => login(form.username, form.password))
 * ```
 *
 * @see https://fastapi.tiangolo.com/tutorial/security/simple-oauth2/
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 */
export const passwordForm: Dependency<PasswordForm> = dependency({ form: Form }, ({ form }) => formOf(form))

/** As `passwordForm`, but requires `grant_type=password`, as RFC 6749 does. FastAPI's `OAuth2PasswordRequestFormStrict`. */
export const strictPasswordForm: Dependency<PasswordForm> = dependency({ form: StrictForm }, ({ form }) => formOf(form))
