import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Read Main' } }, async () => ({ msg: 'Hello World' }))
})
