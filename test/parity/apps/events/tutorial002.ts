import { appendFile } from 'node:fs/promises'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.addHook('onClose', () => appendFile('log.txt', 'Application shutdown'))

  app.get('/items/', { schema: { summary: 'Read Items' } }, async () => [{ name: 'Foo' }])
})
