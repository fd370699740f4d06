import httpsRedirect from '../../../../plugins/https-redirect/index.ts'
import { guardedApp } from '../hosts/app.ts'

export default guardedApp(async app => {
  await app.register(httpsRedirect)
})
