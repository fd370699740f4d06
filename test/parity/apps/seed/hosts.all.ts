import cors from '../../../../plugins/cors/index.ts'
import httpsRedirect from '../../../../plugins/https-redirect/index.ts'
import trustedHost from '../../../../plugins/trusted-host/index.ts'
import { guardedApp, ORIGINS } from '../hosts/app.ts'

// The other way round than in FastAPI, where what is added last comes first.
export default guardedApp(async app => {
  await app.register(cors, { allowOrigins: ORIGINS, allowCredentials: true, allowMethods: ['*'], allowHeaders: ['*'] })
  await app.register(trustedHost, { allowedHosts: ['example.com', '*.example.com'] })
  await app.register(httpsRedirect)
})
