import cors from '../../../../plugins/cors/index.ts'
import { guardedApp, ORIGINS } from '../hosts/app.ts'

export default guardedApp(async app => {
  await app.register(cors, { allowOrigins: ORIGINS, allowCredentials: true, allowMethods: ['*'], allowHeaders: ['*'] })
})
