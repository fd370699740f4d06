import cors from '../../../../plugins/cors/index.ts'
import { guardedApp } from '../hosts/app.ts'

export default guardedApp(async app => {
  await app.register(cors, { allowOrigins: ['*'] })
})
