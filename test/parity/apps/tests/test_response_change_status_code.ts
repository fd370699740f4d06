import dependencies, { dependency } from '../../../../plugins/dependencies/index.ts'
import { parityApp } from '../app.ts'

const created = dependency(({ reply }) => { reply.code(201) })

export default parityApp(async app => {
  await app.register(dependencies)
  app.get('/', { schema: { summary: 'Get Main' }, config: { depends: [created] } }, async () => ({ msg: 'Hello World' }))
})
