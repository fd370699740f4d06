import { stream } from '../../../../plugins/responses/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  app.get('/', { schema: { summary: 'Main', response: { 200: stream() } } }, async function * () {
    for (let i = 0; i < 10; i++) yield Buffer.from('some fake video bytes')
  })
})
