import { APIKIT_ERR_OPENID_REFUSED, IssuerUnavailable } from '../../../../plugins/openid/index.ts'
import { BadRequest } from '../../../../plugins/errors/index.ts'
import { oktaRoutes } from '../../../../routes/okta/index.ts'
import { oktaApp } from '../../okta-app.ts'

const fail = (): never => { throw new BadRequest() }

export default oktaApp(async (app, options) => {
  // To the original an issuer that is down, or refuses, is a bad token.
  app.handle(IssuerUnavailable, fail)
  app.handle(APIKIT_ERR_OPENID_REFUSED, fail)
  await app.register(oktaRoutes((issuer, token) => issuer.introspection({ token, refuse: () => new BadRequest() })), options)
})
