import { join } from 'node:path'
import staticFiles from '../../../../plugins/static/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(staticFiles, { root: join(import.meta.dirname, 'files'), prefix: '/static', name: 'static' })
})
