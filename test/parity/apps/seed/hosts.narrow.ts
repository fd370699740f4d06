import cors from '../../../../plugins/cors/index.ts'
import { guardedApp } from '../hosts/app.ts'

export default guardedApp(async app => {
  await app.register(cors, {
    allowOrigins: ['https://a.example'], allowMethods: ['GET'], allowHeaders: ['X-One'], exposeHeaders: ['X-Two'], maxAge: 5
  })
})
