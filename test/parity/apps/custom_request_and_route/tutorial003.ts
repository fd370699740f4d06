import timing from '../../../../plugins/timing/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Not Timed' } }, async () => ({ message: 'Not timed' }))

  app.register(async app => {
    await app.register(timing, { header: 'X-Response-Time' })
    app.get('/timed', { schema: { summary: 'Timed' } }, async () => ({ message: "It's the time of my life" }))
  })
})
