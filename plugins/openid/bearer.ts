import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'

/** OAuth 2.0 flows that Swagger UI supports. */
export type BearerFlow = 'authorizationCode' | 'clientCredentials'

export interface FlowUrls {
  readonly authorizationUrl?: string
  readonly tokenUrl: string
}

/** Creates a dependency with the token of the `Authorization` header, documented as `openIdConnect`. */
export function discoveredBearer (issuer: string): Dependency<string> {
  const openIdConnectUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  return bearer('OpenIdConnect', { type: 'openIdConnect', openIdConnectUrl })
}

/** Creates the same dependency, documented by an OAuth 2.0 flow and its scopes. */
export function flowBearer (flow: BearerFlow, urls: FlowUrls, scopes: Readonly<Record<string, string>>): Dependency<string> {
  const name = flow === 'authorizationCode' ? 'OAuth2AuthorizationCodeBearer' : 'OAuth2ClientCredentials'
  return bearer(name, { type: 'oauth2', flows: { [flow]: { scopes, ...urls } } })
}

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
function bearer (schemeName: string, scheme: Readonly<Record<string, unknown>>): Dependency<string> {
  return dependency({ name: 'bearer', security: { [schemeName]: scheme } }, ({ request }) => {
    const { authorization = '' } = request.headers
    const [name = ''] = authorization.split(' ', 1)
    if (name.toLowerCase() !== 'bearer') throw new Unauthorized('Not authenticated', { 'www-authenticate': 'Bearer' })
    return authorization.slice(name.length).trim()
  })
}
