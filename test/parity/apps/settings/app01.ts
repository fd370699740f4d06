import settings from '../../../../plugins/settings/index.ts'
import { parityApp } from '../app.ts'
import { env, infoOf, Settings } from './config.ts'

export default parityApp(async app => {
  await app.register(settings, { schema: Settings, env, envFile: null })

  app.get('/info', {
    schema: { summary: 'Info' }
  }, async () => infoOf(app.settings as unknown as Settings))
})
