import trustedHost from '../../../../plugins/trusted-host/index.ts'
import { guardedApp } from '../hosts/app.ts'

export default guardedApp(async app => {
  await app.register(trustedHost, { allowedHosts: ['example.com', '*.example.com'] })
})
