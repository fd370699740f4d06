import { type Dependency, dependency } from '../dependencies/index.ts'
import { Unauthorized } from '../errors/index.ts'

/**
 * The token of the `Authorization` header, documented by where the issuer describes itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function bearerOf (issuer: string): Dependency<string> {
  const openIdConnectUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  return dependency({ name: 'bearer', security: { OpenIdConnect: { type: 'openIdConnect', openIdConnectUrl } } }, ({ request }) => {
    const { authorization = '' } = request.headers
    const [scheme = ''] = authorization.split(' ', 1)
    if (scheme.toLowerCase() !== 'bearer') throw new Unauthorized('Not authenticated', { 'www-authenticate': 'Bearer' })
    return authorization.slice(scheme.length).trim()
  })
}
