import docs from '../../../../plugins/docs/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/app', {
    schema: { summary: 'Read Main' }
  }, async () => ({ message: 'Hello World from main app' }))

  await app.register(async sub => {
    await sub.register(docs, { title: 'FastAPI', mounted: true })
    sub.get('/sub', {
      schema: { summary: 'Read Sub' }
    }, async () => ({ message: 'Hello World from sub API' }))
  }, { prefix: '/subapi' })
})
