import { parityApp } from '../../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Root' } }, async () => ({ message: 'Tomato' }))
})
