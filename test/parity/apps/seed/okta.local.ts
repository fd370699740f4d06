import { Forbidden } from '../../../../plugins/errors/index.ts'
import { oktaRoutes } from '../../../../routes/okta/index.ts'
import { oktaApp } from '../../okta-app.ts'

export default oktaApp(oktaRoutes((issuer, token) => issuer.jwks({ token, clients: ['test-client'], refuse: () => new Forbidden() })))
